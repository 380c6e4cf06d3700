using Corral.Agent.Cgroups;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>The table of docs/mechanisms/cgroups.md, row by row: what the kernel's own files say once a group is made.</summary>
public sealed class LimitsInForceTests : IDisposable
{
    private const long Bytes = 48 << 20;
    private readonly SandboxGroup group;
    private readonly bool isV2;

    public LimitsInForceTests(CgroupFixture fixture)
    {
        isV2 = fixture.Driver.Mode == "v2";
        group = fixture.Driver.Create(fixture.NewName("table"), new GroupLimits(Cpus: 0.5, MemoryBytes: Bytes, Pids: 9));
    }

    [Fact]
    public void Cpus()
    {
        if (isV2)
        {
            Assert.Equal("50000 100000", Read("cpu.max"));
            return;
        }

        Assert.Equal("50000", Read("cpu.cfs_quota_us"));
        Assert.Equal("100000", Read("cpu.cfs_period_us"));
    }

    [Fact]
    public void Memory() => Assert.Equal($"{Bytes}", Read(isV2 ? "memory.max" : "memory.limit_in_bytes"));

    [Fact]
    public void Swap()
    {
        var file = isV2 ? "memory.swap.max" : "memory.memsw.limit_in_bytes";
        if (Find(file) is null) Assert.False(Agent.Cgroups.Swap.IsOn(File.ReadAllText("/proc/swaps")), $"{file} is missing and swap is on");
        else Assert.Equal(isV2 ? "0" : $"{Bytes}", Read(file)); // on v1 memory and swap have one limit together
    }

    [Fact]
    public void Out_of_memory_ends_the_whole_group()
    {
        if (isV2) Assert.Equal("1", Read("memory.oom.group"));
        else Assert.Contains("oom_kill_disable 0", Read("memory.oom_control"), StringComparison.Ordinal); // the kernel kills one, OomWatch the rest
    }

    [Fact]
    public void Pids() => Assert.Equal("9", Read("pids.max"));

    [Fact]
    public void Entry_at_birth_is_the_unified_directory_and_v1_is_attached_to()
    {
        Assert.True(File.Exists(GroupProcess.PathOf(group.EntryDirectory) + "/cgroup.kill"));
        Assert.Equal(isV2, group.AttachFiles.Count == 0);
        Assert.All(group.AttachFiles, f => Assert.EndsWith("/cgroup.procs", GroupProcess.PathOf(f), StringComparison.Ordinal));
    }

    [Fact]
    public void Counters_that_this_host_has_are_there_from_birth()
    {
        var counters = group.Read();
        Assert.Equal(0, counters.CpuNs);
        Assert.Equal(0, counters.CpuUserNs);
        Assert.Equal(0, counters.CpuSystemNs);
        Assert.InRange(counters.Periods!.Value, 0, 2); // setting a quota starts the first period
        Assert.Equal(0, counters.ThrottledPeriods);
        Assert.Equal(0, counters.ThrottledNs);
        Assert.Equal(0, counters.OomKills);
        Assert.Equal(0, counters.PidsPeak);
        Assert.Equal(0, counters.PidsLimitHits);
        Assert.InRange(counters.MemoryCurrentBytes!.Value, 0, 1 << 20);
        Assert.InRange(counters.MemoryPeakBytes!.Value, 0, 1 << 20);
        Assert.Null(counters.IoReadBytes); // no device was used, or (v1) the counter is not had
    }

    public void Dispose()
    {
        Assert.True(group.TryRemove());
        group.Dispose();
    }

    private string Read(string file) => File.ReadAllText(Find(file) ?? throw new FileNotFoundException($"The group has no {file}.")).Trim();

    private string? Find(string file) => group.AttachFiles.Select(f => Path.GetDirectoryName(GroupProcess.PathOf(f))!).Append(GroupProcess.PathOf(group.EntryDirectory))
        .Select(d => Path.Combine(d, file)).FirstOrDefault(File.Exists);
}
