using Corral.Agent.Cgroups;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Metering;

public sealed class UsageMeterTests
{
    private static UsageRecord Measure(GroupCounters baseline, GroupCounters death) => UsageMeter.Measure(
        Some.Order(Some.Attempt()), 0, "a1", 7, Verdict.Succeeded, Some.Time.AddMilliseconds(250),
        new StepEnd { Baseline = baseline, Death = death, StdoutBytes = 3, StderrBytes = 4, Truncated = false, DispatchedNs = 1000, DeadNs = 5000 });

    [Fact]
    public void Counters_are_those_at_death_minus_those_at_dispatch()
    {
        var usage = Measure(
            new GroupCounters { CpuNs = 100, CpuUserNs = 60, CpuSystemNs = 40, ThrottledPeriods = 1, ThrottledNs = 10, IoReadBytes = 5, IoWriteBytes = 6 },
            new GroupCounters { CpuNs = 1100, CpuUserNs = 660, CpuSystemNs = 440, ThrottledPeriods = 4, ThrottledNs = 30, IoReadBytes = 15, IoWriteBytes = 26, PidsPeak = 9 });

        Assert.Equal(
            (1000, 600, 400, 3, 20, 10, 20, 9, 100),
            (usage.CpuNs, usage.CpuUserNs, usage.CpuSystemNs, usage.ThrottledPeriods, usage.ThrottledNs, usage.IoReadBytes, usage.IoWriteBytes, usage.PidsPeak, usage.OverheadCpuNs));
        Assert.Equal((4000, 7, 250_000_000), (usage.WallNs, usage.OutputBytes, usage.QueueWaitNs));
    }

    [Fact]
    public void A_counter_that_the_host_lacks_is_absent_and_not_zero()
    {
        var usage = Measure(new GroupCounters { CpuNs = 0 }, new GroupCounters { CpuNs = 1 });

        Assert.Null(usage.CpuUserNs);
        Assert.Null(usage.ThrottledPeriods);
        Assert.Null(usage.MemoryPeakBytes);
        Assert.Null(usage.IoReadBytes);
        Assert.Null(usage.PidsPeak);
    }

    [Theory]
    [InlineData(500, 500, null)] // reset at dispatch: the peak starts from the present charge
    [InlineData(900, 500, 900L)] // not reset: what was there before may hide the step's own peak
    public void A_peak_from_before_the_dispatch_is_put_beside_the_record(long peakAtDispatch, long chargeAtDispatch, long? expected)
    {
        var usage = Measure(
            new GroupCounters { CpuNs = 0, MemoryPeakBytes = peakAtDispatch, MemoryCurrentBytes = chargeAtDispatch },
            new GroupCounters { CpuNs = 1, MemoryPeakBytes = 1000 });

        Assert.Equal((1000, expected), (usage.MemoryPeakBytes!.Value, usage.MemoryBaselineBytes));
    }

    [Fact]
    public void A_clock_that_was_set_back_gives_no_negative_wait()
    {
        var order = Some.Order(Some.Attempt());
        var usage = UsageMeter.Measure(order, 0, "a1", 7, Verdict.Succeeded, order.SubmittedAt.AddSeconds(-9),
            new StepEnd { Baseline = new() { CpuNs = 0 }, Death = new() { CpuNs = 0 }, StdoutBytes = 0, StderrBytes = 0, Truncated = false, DispatchedNs = 0, DeadNs = 0 });

        Assert.Equal(0, usage.QueueWaitNs);
    }
}
