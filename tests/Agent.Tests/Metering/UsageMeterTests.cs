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
    public void Pressure_and_operations_are_those_since_the_dispatch()
    {
        var usage = Measure(
            new GroupCounters { CpuNs = 0, IoReadOperations = 1, IoWriteOperations = 2, Pressure = new PressureTotals { CpuSomeNs = 5, MemoryFullNs = 7 } },
            new GroupCounters { CpuNs = 1, IoReadOperations = 11, IoWriteOperations = 22, Pressure = new PressureTotals { CpuSomeNs = 105, MemoryFullNs = 207 } });

        Assert.Equal((10, 20, new PressureTotals { CpuSomeNs = 100, MemoryFullNs = 200 }), (usage.IoReadOperations, usage.IoWriteOperations, usage.Pressure));
    }

    [Fact]
    public void The_memo_that_the_launcher_keeps_holds_every_counter_of_the_baseline()
    {
        var baseline = new GroupCounters
        {
            CpuNs = 1,
            CpuUserNs = 2,
            CpuSystemNs = 3,
            Periods = 4,
            ThrottledPeriods = 5,
            ThrottledNs = 6,
            MemoryCurrentBytes = 7,
            MemoryPeakBytes = 8,
            OomKills = 9,
            PidsPeak = 10,
            PidsLimitHits = 11,
            IoReadBytes = 12,
            IoWriteBytes = 13,
            IoReadOperations = 14,
            IoWriteOperations = 15,
            Pressure = new PressureTotals { CpuSomeNs = 16, MemorySomeNs = 17, MemoryFullNs = 18, IoSomeNs = 19, IoFullNs = 20 },
        };
        Assert.Equal(baseline, new StepMemo { Baseline = baseline }.Baseline);
        Assert.Equal(new GroupCounters { CpuNs = 1 }, new StepMemo { Baseline = new GroupCounters { CpuNs = 1 } }.Baseline);
    }

    [Fact]
    public void A_counter_that_the_host_lacks_is_absent_and_not_zero()
    {
        var usage = Measure(new GroupCounters { CpuNs = 0 }, new GroupCounters { CpuNs = 1 });

        Assert.Null(usage.CpuUserNs);
        Assert.Null(usage.ThrottledPeriods);
        Assert.Null(usage.MemoryPeakBytes);
        Assert.Null(usage.IoReadBytes);
        Assert.Null(usage.Pressure);
        Assert.Null(usage.MemorySamples);
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
