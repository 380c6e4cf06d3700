namespace Corral.Agent.Sandbox;

/// <summary>Why Corral ended a step. The launcher stores the numbers: they never change.</summary>
internal enum KillReason
{
    /// <summary>Never stored.</summary>
    None = 0,
    /// <summary>The cpu time limit.</summary>
    CpuTime = 1,
    /// <summary>The wall time limit.</summary>
    WallTime = 2,
    /// <summary>The limit of stdout and stderr together.</summary>
    Output = 3,
    /// <summary>The job was cancelled.</summary>
    Cancelled = 4,
    /// <summary>The job's own deadline passed.</summary>
    Deadline = 5,
    /// <summary>The agent's lease ended.</summary>
    LeaseEnded = 6,
    /// <summary>A newer attempt exists.</summary>
    Fenced = 7,
}
