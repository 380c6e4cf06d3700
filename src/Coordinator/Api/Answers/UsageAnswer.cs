using System.ComponentModel;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>What one step of one attempt consumed; a counter that the host lacks is absent, not zero.</summary>
internal sealed record UsageAnswer
{
    [Description("The attempt, JOB/NUMBER.")]
    public required string Attempt { get; init; }
    [Description("The step's place in the job's list, from 0.")]
    public required int StepIndex { get; init; }
    [Description("The agent that measured.")]
    public required string Agent { get; init; }
    [Description("The lease epoch the agent held.")]
    public required long AgentEpoch { get; init; }
    [Description("The record's place in the agent's journal.")]
    public required long Sequence { get; init; }
    [Description("Who is billed.")]
    public required string Tenant { get; init; }
    [Description("Why the step ended.")]
    public required Verdict Verdict { get; init; }
    [Description("When the command was handed to the sandbox.")]
    public required DateTimeOffset StartedAt { get; init; }
    [Description("From that moment to the death of the last process, nanoseconds.")]
    public required long WallNs { get; init; }
    [Description("User and system time, nanoseconds.")]
    public required long CpuNs { get; init; }
    [Description("The user part of it, nanoseconds.")]
    public long? CpuUserNs { get; init; }
    [Description("The system part of it, nanoseconds.")]
    public long? CpuSystemNs { get; init; }
    [Description("Periods in which the quota held the step back.")]
    public long? ThrottledPeriods { get; init; }
    [Description("How long it was held back, nanoseconds.")]
    public long? ThrottledNs { get; init; }
    [Description("The kernel's own peak of charged memory, bytes.")]
    public long? MemoryPeakBytes { get; init; }
    [Description("The charge at dispatch where the kernel cannot reset its peak, bytes.")]
    public long? MemoryBaselineBytes { get; init; }
    [Description("What the memory consisted of, sampled; absent where the step ended before the first sample.")]
    public MemorySamplesAnswer? MemorySamples { get; init; }
    [Description("Most processes and threads at once.")]
    public long? PidsPeak { get; init; }
    [Description("Bytes read from block devices.")]
    public long? IoReadBytes { get; init; }
    [Description("Bytes written to block devices.")]
    public long? IoWriteBytes { get; init; }
    [Description("Reads from block devices.")]
    public long? IoReadOperations { get; init; }
    [Description("Writes to block devices.")]
    public long? IoWriteOperations { get; init; }
    [Description("How long it waited for what it lacked (pressure stall information).")]
    public PressureAnswer? Pressure { get; init; }
    [Description("All bytes written to stdout and stderr.")]
    public required long OutputBytes { get; init; }
    [Description("Processors reserved for it.")]
    public required double ReservedCpus { get; init; }
    [Description("Memory reserved for it, bytes.")]
    public required long ReservedMemoryBytes { get; init; }
    [Description("Size of its writable layer, bytes.")]
    public long? ReservedScratchBytes { get; init; }
    [Description("What of it was in use at the end, bytes; absent where the step was killed before that could be read.")]
    public long? ScratchUsedBytes { get; init; }
    [Description("From the job's submission to the step's start, nanoseconds.")]
    public required long QueueWaitNs { get; init; }
    [Description("Time the sandbox used before the step came, nanoseconds: overhead, never billed.")]
    public required long OverheadCpuNs { get; init; }
    [Description("The kernel's release.")]
    public string? Kernel { get; init; }
    [Description("The image the step ran in.")]
    public required string Image { get; init; }
    [Description("In the ledger: whether it is billed.")]
    public bool? Billable { get; init; }
    [Description("In the ledger: when it was committed.")]
    public DateTimeOffset? RecordedAt { get; init; }

    public static UsageAnswer Of(UsageRecord usage) => new()
    {
        Attempt = usage.Attempt.ToString(),
        StepIndex = usage.StepIndex,
        Agent = usage.Agent,
        AgentEpoch = usage.AgentEpoch,
        Sequence = usage.Sequence,
        Tenant = usage.Tenant,
        Verdict = usage.Verdict,
        StartedAt = usage.StartedAt,
        WallNs = usage.WallNs,
        CpuNs = usage.CpuNs,
        CpuUserNs = usage.CpuUserNs,
        CpuSystemNs = usage.CpuSystemNs,
        ThrottledPeriods = usage.ThrottledPeriods,
        ThrottledNs = usage.ThrottledNs,
        MemoryPeakBytes = usage.MemoryPeakBytes,
        MemoryBaselineBytes = usage.MemoryBaselineBytes,
        MemorySamples = usage.MemorySamples is { } samples ? MemorySamplesAnswer.Of(samples) : null,
        PidsPeak = usage.PidsPeak,
        IoReadBytes = usage.IoReadBytes,
        IoWriteBytes = usage.IoWriteBytes,
        IoReadOperations = usage.IoReadOperations,
        IoWriteOperations = usage.IoWriteOperations,
        Pressure = usage.Pressure is { } pressure ? PressureAnswer.Of(pressure) : null,
        OutputBytes = usage.OutputBytes,
        ReservedCpus = usage.ReservedCpus,
        ReservedMemoryBytes = usage.ReservedMemoryBytes,
        ReservedScratchBytes = usage.ReservedScratchBytes,
        ScratchUsedBytes = usage.ScratchUsedBytes,
        QueueWaitNs = usage.QueueWaitNs,
        OverheadCpuNs = usage.OverheadCpuNs,
        Kernel = usage.Kernel,
        Image = usage.Image,
    };
}
