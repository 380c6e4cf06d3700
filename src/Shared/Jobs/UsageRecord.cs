namespace Corral.Shared.Jobs;

/// <summary>What one step of one attempt consumed, measured once, after its last process was gone and before its cgroup was removed. A counter that the host lacks is absent (null), not zero.</summary>
public sealed record UsageRecord
{
    /// <summary>The attempt.</summary>
    public required AttemptId Attempt { get; init; }
    /// <summary>The step's place in the job's list, from 0.</summary>
    public required int StepIndex { get; init; }
    /// <summary>The agent that measured.</summary>
    public required string Agent { get; init; }
    /// <summary>The lease epoch the agent held.</summary>
    public required long AgentEpoch { get; init; }
    /// <summary>The record's place in the agent's journal, strictly rising.</summary>
    public required long Sequence { get; init; }
    /// <summary>Who is billed.</summary>
    public required string Tenant { get; init; }
    /// <summary>Why the step ended.</summary>
    public required Verdict Verdict { get; init; }
    /// <summary>When the command was handed to the sandbox.</summary>
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>From that moment to the death of the last process, nanoseconds, monotonic.</summary>
    public required long WallNs { get; init; }
    /// <summary>User and system time, nanoseconds: cgroup <c>cpu.stat usage_usec</c> (v1: <c>cpuacct.usage</c>) at death minus at dispatch.</summary>
    public required long CpuNs { get; init; }
    /// <summary>The user part of it, nanoseconds.</summary>
    public long? CpuUserNs { get; init; }
    /// <summary>The system part of it, nanoseconds.</summary>
    public long? CpuSystemNs { get; init; }
    /// <summary>Periods in which the quota held the step back.</summary>
    public long? ThrottledPeriods { get; init; }
    /// <summary>How long it was held back, nanoseconds.</summary>
    public long? ThrottledNs { get; init; }
    /// <summary>The kernel's own peak of charged memory, bytes.</summary>
    public long? MemoryPeakBytes { get; init; }
    /// <summary>The kernel's peak at dispatch, where it could not be reset: <see cref="MemoryPeakBytes"/> is the peak of the step only where it exceeds this.</summary>
    public long? MemoryBaselineBytes { get; init; }
    /// <summary>What the memory consisted of; absent where the step ended before the first sample.</summary>
    public MemorySamples? MemorySamples { get; init; }
    /// <summary>Most processes and threads at once.</summary>
    public long? PidsPeak { get; init; }
    /// <summary>Bytes read from block devices.</summary>
    public long? IoReadBytes { get; init; }
    /// <summary>Bytes written to block devices.</summary>
    public long? IoWriteBytes { get; init; }
    /// <summary>Reads from block devices.</summary>
    public long? IoReadOperations { get; init; }
    /// <summary>Writes to block devices.</summary>
    public long? IoWriteOperations { get; init; }
    /// <summary>How long it waited for what it lacked; absent where the kernel does not keep it.</summary>
    public PressureTotals? Pressure { get; init; }
    /// <summary>All bytes written to stdout and stderr.</summary>
    public long OutputBytes { get; init; }
    /// <summary>Processors reserved for it.</summary>
    public required double ReservedCpus { get; init; }
    /// <summary>Memory reserved for it, bytes; with <see cref="WallNs"/> it gives the GiB-seconds that are billed.</summary>
    public required long ReservedMemoryBytes { get; init; }
    /// <summary>Size of its writable layer, bytes; with <see cref="WallNs"/> it gives the scratch byte-seconds.</summary>
    public long? ReservedScratchBytes { get; init; }
    /// <summary>What of it was in use at the end, bytes; absent where the step was killed before that could be read.</summary>
    public long? ScratchUsedBytes { get; init; }
    /// <summary>From the job's submission to the step's start, nanoseconds.</summary>
    public long QueueWaitNs { get; init; }
    /// <summary>Time the sandbox's group used between its birth and the dispatch, nanoseconds: overhead, never billed.</summary>
    public long OverheadCpuNs { get; init; }
    /// <summary>The kernel's release, as <c>uname -r</c> prints it.</summary>
    public string? Kernel { get; init; }
    /// <summary>The image the step ran in.</summary>
    public string Image { get; init; } = "host";
}
