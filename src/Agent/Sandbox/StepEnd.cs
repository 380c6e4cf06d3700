using Corral.Agent.Cgroups;
using Corral.Shared.Jobs;

namespace Corral.Agent.Sandbox;

/// <summary>How a step ended: facts only, from which the verdict follows. Times are CLOCK_BOOTTIME nanoseconds.</summary>
internal sealed record StepEnd
{
    /// <summary>As wait(2) gives it; null where PID 1 was killed before it could report (the group's out-of-memory kill, our own kill), or the command never started.</summary>
    public int? WaitStatus { get; init; }
    /// <summary>Set where the command did not start.</summary>
    public StartFailure? Failure { get; init; }
    /// <summary>Why Corral ended it; null where it ended by itself, or before our kill reached it.</summary>
    public KillReason? Killed { get; init; }
    /// <summary>When the kill was sent.</summary>
    public long? KilledNs { get; init; }
    /// <summary>Counters just before dispatch.</summary>
    public required GroupCounters Baseline { get; init; }
    /// <summary>Counters after the last process was gone.</summary>
    public required GroupCounters Death { get; init; }
    /// <summary>Cpu time between the group's birth and the dispatch: overhead, never billed.</summary>
    public long OverheadCpuNs => Baseline.CpuNs;
    /// <summary>All bytes written to stdout.</summary>
    public required long StdoutBytes { get; init; }
    /// <summary>All bytes written to stderr.</summary>
    public required long StderrBytes { get; init; }
    /// <summary>One of them was longer than what is kept.</summary>
    public required bool Truncated { get; init; }
    /// <summary>When the step was handed to the sandbox.</summary>
    public required long DispatchedNs { get; init; }
    /// <summary>When execve had succeeded; null where it was never reached, or PID 1 could not say.</summary>
    public long? StartedNs { get; init; }
    /// <summary>When PID 1 saw the command end.</summary>
    public long? ExitedNs { get; init; }
    /// <summary>When the agent had read PID 1's report, and so held the status; null where there was none.</summary>
    public long? ReportedNs { get; init; }
    /// <summary>When every process of the sandbox was gone.</summary>
    public required long DeadNs { get; init; }
    /// <summary>What its memory consisted of; null where it ended before the first sample.</summary>
    public MemorySamples? Memory { get; init; }
    /// <summary>Largest resident set of the command and the children it waited for, bytes.</summary>
    public long? MaxResidentBytes { get; init; }
    /// <summary>Free bytes and inodes of the writable layer at the end; 0 says that a limit was reached.</summary>
    public long? ScratchFreeBytes { get; init; }
    /// <summary>See <see cref="ScratchFreeBytes"/>.</summary>
    public long? ScratchFreeInodes { get; init; }
}
