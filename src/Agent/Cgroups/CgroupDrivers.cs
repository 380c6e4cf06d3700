namespace Corral.Agent.Cgroups;

/// <summary>Chooses the driver that this host can have.</summary>
internal static class CgroupDrivers
{
    /// <summary>Opens the driver for an agent's state folder, and with it the agent's slice.</summary>
    /// <exception cref="SandboxException">A controller is missing, or the agent may not make groups here; the message has the remedy.</exception>
    public static ICgroupDriver Open(string stateDirectory) => OpenInstance(GroupName.InstanceOf(stateDirectory));

    /// <summary>As <see cref="Open"/>, for an instance's name.</summary>
    public static ICgroupDriver OpenInstance(string instance)
    {
        var trees = CgroupTrees.ReadOwn();
        var unified = trees.Unified is { } u ? UnifiedControllers(u) : null;
        return Choose(trees, unified) == "v2" ? new V2CgroupDriver(trees.Unified!, instance) : new HybridCgroupDriver(trees, instance);
    }

    /// <summary>Which driver these hierarchies allow: <c>v2</c> or <c>hybrid</c>.</summary>
    /// <param name="trees">The hierarchies.</param>
    /// <param name="unified">What the topmost visible cgroup2 group offers; null where cgroup2 is not mounted.</param>
    public static string Choose(CgroupTrees trees, IReadOnlyCollection<string>? unified)
    {
        if (unified is null)
        {
            throw new SandboxException(SandboxStep.FindControllers, "cgroup2",
                "cgroup2 is not mounted, so processes cannot be put into a group at birth nor killed together. Mount it: mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified.");
        }

        if (V2Placement.Needed.All(unified.Contains)) return "v2";
        var missing = HybridCgroupDriver.Needed.Where(c => trees.LegacyWith(c) is null).ToList();
        if (missing.Count == 0) return "hybrid";

        var split = missing.Where(unified.Contains).ToList();
        var reason = split.Count == missing.Count
            ? $"{string.Join(", ", split)} sits on cgroup2 while others sit on v1. Bring them together: boot with systemd.unified_cgroup_hierarchy=1, or cgroup_no_v1=all."
            : $"no hierarchy offers {string.Join(", ", missing.Except(split))}. Enable it in the kernel (cgroup_enable=memory, CONFIG_CFS_BANDWIDTH, CONFIG_CGROUP_PIDS), or mount its v1 hierarchy beneath /sys/fs/cgroup.";
        throw new SandboxException(SandboxStep.FindControllers, string.Join(", ", missing), reason);
    }

    private static string[] UnifiedControllers(CgroupTree tree) =>
        File.ReadAllText(tree.MountPoint + "/cgroup.controllers").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
