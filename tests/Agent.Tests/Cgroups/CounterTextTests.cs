using System.Text;
using Corral.Agent.Cgroups;

namespace Corral.Agent.Tests.Cgroups;

public sealed class CounterTextTests
{
    // Kernel 6.1, cgroup2, after a throttled loop and an out-of-memory kill.
    private const string CpuStat = "usage_usec 750000\nuser_usec 710000\nsystem_usec 40000\nnr_periods 37\nnr_throttled 37\nthrottled_usec 2850000\nnr_bursts 0\nburst_usec 0\n";
    private const string MemoryEvents = "low 0\nhigh 0\nmax 702\noom 1\noom_kill 3\noom_group_kill 1\n";
    private const string IoStat = "98:16 rbytes=8192 wbytes=3002368 rios=2 wios=23 dbytes=0 dios=0\n";

    // Kernel 6.18, a group's memory.pressure.
    private const string Pressure = "some avg10=1.50 avg60=0.20 avg300=0.04 total=1234\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=56\n";

    // Kernel 6.18, v1.
    private const string OomControl = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
    private const string LegacyCpuStat = "nr_periods 12\nnr_throttled 7\nthrottled_time 512345678\nnr_bursts 0\nburst_time 0\n";

    [Theory]
    [InlineData(Pressure, "some", 1_234_000L)]
    [InlineData(Pressure, "full", 56_000L)]
    [InlineData("some avg10=0.00\n", "some", null)]
    [InlineData("something total=5\n", "some", null)]
    [InlineData("full", "full", null)]
    [InlineData("", "some", null)]
    public void The_total_of_a_pressure_line_is_given_in_nanoseconds(string content, string kind, long? expected) =>
        Assert.Equal(expected, CounterText.StallNs(Bytes(content), Bytes(kind)));

    [Theory]
    [InlineData(CpuStat, "usage_usec", 750000L)]
    [InlineData(CpuStat, "system_usec", 40000L)]
    [InlineData(CpuStat, "nr_throttled", 37L)]
    [InlineData(CpuStat, "burst_usec", 0L)]
    [InlineData(MemoryEvents, "oom", 1L)]
    [InlineData(MemoryEvents, "oom_kill", 3L)]
    [InlineData(MemoryEvents, "oom_group_kill", 1L)]
    [InlineData(OomControl, "oom_kill", 2L)]
    [InlineData(LegacyCpuStat, "throttled_time", 512345678L)]
    public void Captured_files_give_the_number_beside_the_key(string content, string key, long expected) =>
        Assert.Equal(expected, CounterText.Keyed(Bytes(content), Bytes(key)));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n\n")]
    [InlineData("usage")]
    [InlineData("usage ")]
    [InlineData("usage \n")]
    [InlineData("usage 1 2\n")]
    [InlineData("usage -1\n")]
    [InlineData("usage max\n")]
    [InlineData("usage 1x\n")]
    [InlineData("usage  1\n")]
    [InlineData("usage\t1\n")]
    [InlineData("usage 1\r\n")]
    [InlineData("usage 99999999999999999999999\n")]
    [InlineData("usage_usec 1\n")]
    [InlineData("xusage 1\n")]
    [InlineData("Usage 1\n")]
    [InlineData("usage 1\0\n")]
    public void A_key_that_is_missing_or_unreadable_is_absent_not_zero(string content) => Assert.Null(CounterText.Keyed(Bytes(content), "usage"u8));

    [Theory]
    [InlineData("usage 7", 7L)]
    [InlineData("a 1\nusage 7\n", 7L)]
    [InlineData("usage 7\nusage 8\n", 7L)]
    [InlineData("usage 18446744073709551615\n", long.MaxValue)]
    [InlineData("usage 9223372036854775807\n", long.MaxValue)]
    [InlineData("usage 007\n", 7L)]
    public void Odd_but_readable_files_are_read(string content, long expected) => Assert.Equal(expected, CounterText.Keyed(Bytes(content), "usage"u8));

    [Theory]
    [InlineData("45056\n", 45056L)]
    [InlineData("0\n", 0L)]
    [InlineData("max\n", long.MaxValue)]
    [InlineData("9223372036854771712\n", 9223372036854771712L)] // v1 prints its "no limit" so
    [InlineData("18446744073709551615\n", long.MaxValue)]
    public void A_single_number_is_read(string content, long expected) => Assert.Equal(expected, CounterText.Single(Bytes(content)));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("-1\n")]
    [InlineData("maximum\n")]
    [InlineData("1 2\n")]
    [InlineData("0x10\n")]
    public void What_is_not_a_number_is_absent(string content) => Assert.Null(CounterText.Single(Bytes(content)));

    [Theory]
    [InlineData(IoStat, "rbytes", 8192L)]
    [InlineData(IoStat, "wbytes", 3002368L)]
    [InlineData("8:0 rbytes=1 wbytes=2\n8:16 rbytes=10\n253:0 \n", "rbytes", 11L)]
    [InlineData("8:0 rbytes=18446744073709551615 wbytes=0\n8:16 rbytes=10 wbytes=0\n", "rbytes", long.MaxValue)]
    [InlineData("8:0 xrbytes=5 rbytes=1", "rbytes", 1L)]
    public void Devices_are_summed(string content, string key, long expected) => Assert.Equal(expected, CounterText.NestedSum(Bytes(content), Bytes(key)));

    [Theory]
    [InlineData("")]
    [InlineData("8:0 \n")]
    [InlineData("8:0 rbytes= wbytes=1\n")]
    [InlineData("8:0 rbytes=x\n")]
    [InlineData("8:0 rbytes\n")]
    public void Without_a_device_that_says_so_there_is_no_sum(string content) => Assert.Null(CounterText.NestedSum(Bytes(content), "rbytes"u8));

    [Fact]
    public void Microseconds_become_nanoseconds_without_wrapping()
    {
        Assert.Null(CounterText.UsecToNs(null));
        Assert.Equal(750_000_000, CounterText.UsecToNs(750_000));
        Assert.Equal(long.MaxValue, CounterText.UsecToNs(long.MaxValue / 999));
    }

    [Fact]
    public void No_content_whatsoever_throws()
    {
        var random = new Random(20261121);
        var bytes = new byte[200];
        for (var i = 0; i < 20_000; i++)
        {
            var length = random.Next(bytes.Length);
            for (var j = 0; j < length; j++) bytes[j] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)"usage =0189max\n:"[random.Next(16)];
            var content = bytes.AsSpan(0, length);
            Assert.False(CounterText.Keyed(content, "usage"u8) < 0);
            Assert.False(CounterText.Single(content) < 0);
            Assert.False(CounterText.NestedSum(content, "usage"u8) < 0);
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
