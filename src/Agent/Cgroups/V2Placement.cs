namespace Corral.Agent.Cgroups;

/// <summary>Where an agent may make its groups on cgroup2: the decision alone, without touching anything.</summary>
/// <remarks>
/// A group other than the hierarchy's root gives controllers to its children only while no process sits in it ("no internal processes").
/// So the agent's own group serves if the agent can empty it by moving itself into a leaf: a systemd unit with Delegate=yes, a container.
/// Where others share it (a login session's scope, a script's group), the root of the hierarchy serves, which is exempt from the rule.
/// </remarks>
internal static class V2Placement
{
    /// <summary>The controllers without which no limit is enforced.</summary>
    public static readonly IReadOnlyList<string> Needed = ["cpu", "memory", "pids"];

    /// <summary>A group that might serve.</summary>
    /// <param name="Path">Its directory.</param>
    /// <param name="IsHierarchyRoot">The root of the whole hierarchy, not only of a namespace.</param>
    /// <param name="Controllers">What it can hand down, <c>cgroup.controllers</c>.</param>
    /// <param name="Processes">Who is in it.</param>
    internal sealed record Candidate(string Path, bool IsHierarchyRoot, IReadOnlyList<string> Controllers, IReadOnlyList<int> Processes);

    /// <summary>The choice.</summary>
    /// <param name="Path">Beneath which the instance's group is made.</param>
    /// <param name="MovesAgent">The agent must first move itself into its leaf.</param>
    internal sealed record Choice(string Path, bool MovesAgent);

    /// <summary>Chooses between the agent's own group and the topmost one that it sees.</summary>
    /// <exception cref="SandboxException">Neither serves; the message names what is in the way and the remedy.</exception>
    public static Choice Choose(Candidate? own, Candidate top, int agentPid)
    {
        foreach (var candidate in own is null || own.Path == top.Path ? [top] : (Candidate[])[own, top])
        {
            if (Missing(candidate).Count > 0) continue;
            if (candidate.IsHierarchyRoot) return new Choice(candidate.Path, MovesAgent: false);
            if (candidate.Processes.All(p => p == agentPid)) return new Choice(candidate.Path, MovesAgent: candidate.Processes.Count > 0);
        }

        if (Missing(top) is { Count: > 0 } missing)
        {
            throw new SandboxException(SandboxStep.FindControllers, string.Join(", ", missing),
                $"cgroup2 at '{top.Path}' does not offer {string.Join(", ", missing)}. Boot with systemd.unified_cgroup_hierarchy=1, or take the controller off v1 (cgroup_no_v1={string.Join(",", missing)}).");
        }

        var shared = own is not null && Missing(own).Count == 0 ? own : top;
        var others = shared.Processes.Where(p => p != agentPid).Take(5).Select(p => p == 0 ? "one of another pid namespace" : $"{p}");
        throw new SandboxException(SandboxStep.MakeSlice, shared.Path,
            $"the group holds other processes ({string.Join(", ", others)}), so it cannot hand controllers to groups beneath it. Start the agent alone in its group: a systemd unit with Delegate=yes, or as the container's only process.");
    }

    /// <summary>The base of a process that sits in some instance's agent leaf already: the group above that instance's.</summary>
    public static string WithoutAgentLeaf(string ownPath)
    {
        if (!ownPath.EndsWith("/" + GroupName.Agent, StringComparison.Ordinal)) return ownPath;
        var instance = ownPath[..^(GroupName.Agent.Length + 1)];
        var slash = instance.LastIndexOf('/');
        return slash >= 0 && instance.AsSpan(slash + 1).StartsWith(GroupName.Prefix) ? instance[..slash] : ownPath;
    }

    private static List<string> Missing(Candidate candidate) => [.. Needed.Where(c => !candidate.Controllers.Contains(c))];
}
