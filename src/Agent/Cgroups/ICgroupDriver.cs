namespace Corral.Agent.Cgroups;

/// <summary>Makes, finds and removes the groups of sandboxes beneath the agent's slice.</summary>
internal interface ICgroupDriver : IDisposable
{
    /// <summary><c>v2</c> or <c>hybrid</c>.</summary>
    string Mode { get; }

    /// <summary>Makes a group with these limits in force.</summary>
    SandboxGroup Create(string name, GroupLimits limits);

    /// <summary>Opens a group that an earlier agent process made; null where none of that name is left.</summary>
    SandboxGroup? Open(string name);

    /// <summary>The names of all groups in the slice.</summary>
    IReadOnlyList<string> List();

    /// <summary>Cpu time of the whole slice, nanoseconds, groups already removed included.</summary>
    long SliceCpuNs();
}
