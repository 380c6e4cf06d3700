using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Metering;

/// <summary>From counters to the usage record of a step: each is its value at death minus its value at dispatch.</summary>
internal static class UsageMeter
{
    /// <summary>The record, still without its place in the journal.</summary>
    public static UsageRecord Measure(AttemptOrder order, int stepIndex, string agent, long epoch, Verdict verdict, DateTimeOffset startedAt, StepEnd end)
    {
        var step = order.Spec.Steps[stepIndex];
        return new UsageRecord
        {
            Attempt = order.Attempt,
            StepIndex = stepIndex,
            Agent = agent,
            AgentEpoch = epoch,
            Sequence = 0,
            Tenant = order.Spec.Tenant,
            Verdict = verdict,
            StartedAt = startedAt,
            WallNs = Math.Max(0, end.DeadNs - end.DispatchedNs),
            CpuNs = Math.Max(0, end.Death.CpuNs - end.Baseline.CpuNs),
            CpuUserNs = Difference(end.Death.CpuUserNs, end.Baseline.CpuUserNs),
            CpuSystemNs = Difference(end.Death.CpuSystemNs, end.Baseline.CpuSystemNs),
            ThrottledPeriods = Difference(end.Death.ThrottledPeriods, end.Baseline.ThrottledPeriods),
            ThrottledNs = Difference(end.Death.ThrottledNs, end.Baseline.ThrottledNs),
            MemoryPeakBytes = end.Death.MemoryPeakBytes,
            MemoryBaselineBytes = PeakBeforeDispatch(end),
            MemorySamples = end.Memory,
            PidsPeak = end.Death.PidsPeak,
            IoReadBytes = Difference(end.Death.IoReadBytes, end.Baseline.IoReadBytes),
            IoWriteBytes = Difference(end.Death.IoWriteBytes, end.Baseline.IoWriteBytes),
            IoReadOperations = Difference(end.Death.IoReadOperations, end.Baseline.IoReadOperations),
            IoWriteOperations = Difference(end.Death.IoWriteOperations, end.Baseline.IoWriteOperations),
            Pressure = Since(end.Baseline.Pressure, end.Death.Pressure),
            OutputBytes = end.StdoutBytes + end.StderrBytes,
            ReservedCpus = step.Limits.Cpus,
            ReservedMemoryBytes = step.Limits.MemoryBytes,
            ReservedScratchBytes = step.Limits.ScratchBytes,
            ScratchUsedBytes = end.ScratchFreeBytes is { } free ? Math.Max(0, step.Limits.ScratchBytes - free) : null,
            QueueWaitNs = Math.Max(0, (startedAt - order.SubmittedAt).Ticks * 100),
            OverheadCpuNs = end.OverheadCpuNs,
            Kernel = KernelRelease,
            Image = step.Image,
        };
    }

    // memory.peak can be reset since 6.12, on v1 through max_usage_in_bytes. Where it was not, a peak from before the dispatch is still in it: it is put
    // beside the record, and the step's own peak is known exactly only where it is larger.
    // https://docs.kernel.org/admin-guide/cgroup-v2.html#memory-interface-files
    private static long? PeakBeforeDispatch(StepEnd end) =>
        end.Baseline.MemoryPeakBytes is { } peak && peak > (end.Baseline.MemoryCurrentBytes ?? 0) ? peak : null;

    // The kernel's counters never fall, but user and system time are estimates that are scaled to add up and may step back by a tick.
    private static long? Difference(long? death, long? baseline) => death is { } value ? Math.Max(0, value - (baseline ?? 0)) : null;

    private static PressureTotals? Since(PressureTotals? baseline, PressureTotals? death) => baseline is null || death is null ? null : new PressureTotals
    {
        CpuSomeNs = Difference(death.CpuSomeNs, baseline.CpuSomeNs),
        MemorySomeNs = Difference(death.MemorySomeNs, baseline.MemorySomeNs),
        MemoryFullNs = Difference(death.MemoryFullNs, baseline.MemoryFullNs),
        IoSomeNs = Difference(death.IoSomeNs, baseline.IoSomeNs),
        IoFullNs = Difference(death.IoFullNs, baseline.IoFullNs),
    };

    /// <summary>As <c>uname -r</c> prints it.</summary>
    public static string KernelRelease { get; } = ReadKernelRelease();

    private static string ReadKernelRelease() => File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
}
