using Corral.Shared.Jobs;

namespace Corral.Agent.Cgroups;

/// <summary>What the kernel counted for a group since its birth; a counter that the host lacks is null.</summary>
internal sealed record GroupCounters
{
    public required long CpuNs { get; init; }
    public long? CpuUserNs { get; init; }
    public long? CpuSystemNs { get; init; }
    public long? Periods { get; init; }
    public long? ThrottledPeriods { get; init; }
    public long? ThrottledNs { get; init; }
    public long? MemoryCurrentBytes { get; init; }
    public long? MemoryPeakBytes { get; init; }
    public long OomKills { get; init; }
    public long? PidsPeak { get; init; }
    public long PidsLimitHits { get; init; }
    public long? IoReadBytes { get; init; }
    public long? IoWriteBytes { get; init; }
    public long? IoReadOperations { get; init; }
    public long? IoWriteOperations { get; init; }

    /// <summary>Since birth; null where the kernel keeps none.</summary>
    public PressureTotals? Pressure { get; init; }
}
