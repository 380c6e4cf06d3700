namespace Corral.Agent.Cgroups;

/// <summary>Processors' worth of time as the kernel's quota per period. https://docs.kernel.org/scheduler/sched-bwc.html</summary>
internal static class CpuQuota
{
    /// <summary>The kernel's default period, microseconds.</summary>
    public const long PeriodUsec = 100_000;

    // min_cfs_quota_period in kernel/sched/core.c
    private const long LeastQuotaUsec = 1_000;

    /// <summary>Microseconds of processor time in each period.</summary>
    public static long Usec(double cpus) => Math.Max(LeastQuotaUsec, (long)Math.Ceiling(cpus * PeriodUsec));
}
