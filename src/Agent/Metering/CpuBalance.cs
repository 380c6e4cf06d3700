namespace Corral.Agent.Metering;

/// <summary>Invariant I5 at one moment: the slice's cpu time = Σ steps + Σ overhead + residual. Nanoseconds since the agent process started.</summary>
/// <param name="SliceNs">What the kernel counted for all sandbox groups together, removed ones included.</param>
/// <param name="StepsNs">What the usage records say.</param>
/// <param name="OverheadNs">From birth to dispatch of used sandboxes, and the whole life of unused ones; never billed.</param>
internal readonly record struct CpuBalance(long SliceNs, long StepsNs, long OverheadNs)
{
    /// <summary>What neither explains: steps that run at this moment, and teardown after the counters were read.</summary>
    public long ResidualNs => SliceNs - StepsNs - OverheadNs;
}
