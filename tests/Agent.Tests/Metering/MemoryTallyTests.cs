using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;

namespace Corral.Agent.Tests.Metering;

public sealed class MemoryTallyTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Each_sample_stands_for_the_time_before_it_and_the_last_for_what_follows()
    {
        var tally = new MemoryTally(10 * Second);
        tally.Add(new MemoryReading(100, 60, 30, 10, null), 11 * Second);
        tally.Add(new MemoryReading(300, 50, 240, 5, null), 14 * Second);
        var samples = tally.End(16 * Second)!;

        Assert.Equal((2, 100 + (3 * 300) + (2 * 300), 3 * Second), (samples.Count, samples.ByteSeconds, samples.LongestGapNs));
        Assert.Equal((60, 240, 10, null), (samples.AnonPeakBytes, samples.ShmemPeakBytes, samples.FilePeakBytes, samples.KernelPeakBytes));
    }

    [Fact]
    public void Without_a_sample_there_is_nothing_to_tell() => Assert.Null(new MemoryTally(0).End(Second));

    [Fact]
    public void A_reading_without_the_charge_is_no_sample()
    {
        var tally = new MemoryTally(0);
        tally.Add(default, Second);
        Assert.Null(tally.End(2 * Second));
    }

    [Fact]
    public void A_sample_that_comes_after_the_end_counts_for_nothing()
    {
        var tally = new MemoryTally(0);
        tally.Add(new MemoryReading(8, null, null, null, null), Second);
        Assert.Equal((1, 16), (tally.End(2 * Second)!.Count, tally.End(2 * Second)!.ByteSeconds));
        tally.Add(new MemoryReading(1000, null, null, null, null), 3 * Second);
        Assert.Equal((1, 16), (tally.End(2 * Second)!.Count, tally.End(2 * Second)!.ByteSeconds));
    }

    [Fact]
    public void A_death_that_lies_before_the_last_sample_takes_nothing_back()
    {
        var tally = new MemoryTally(0);
        tally.Add(new MemoryReading(8, null, null, null, null), 2 * Second);
        Assert.Equal(16, tally.End(Second)!.ByteSeconds);
    }
}
