using System.Diagnostics;
using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.Interop;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>Birth, entry, counting, death and removal of groups, the same on cgroup2 and on the v1 fallback.</summary>
public sealed class GroupLifeTests(CgroupFixture fixture) : IDisposable
{
    private const long MiB = 1 << 20;
    private static readonly GroupLimits Wide = new(Cpus: 8, MemoryBytes: 128 * MiB, Pids: 64);
    private readonly List<SandboxGroup> groups = [];

    [Fact]
    public async Task A_kill_ends_a_fork_bomb_at_once()
    {
        var group = Create(Wide);
        using var bomb = GroupProcess.Start(group, "b() { while :; do b & done; }; b 2>/dev/null & exec sleep 300");
        await Until(() => group.Read().PidsLimitHits > 0, "the fork bomb reaches its limit");

        var clock = Stopwatch.StartNew();
        group.Kill();
        Assert.Equal(137, await bomb.EndAsync());
        await Removed.Async(group);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task The_kill_file_that_the_launcher_keeps_does_the_same()
    {
        var group = Create(Wide);
        using var sleeper = GroupProcess.Start(group, "sleep 300 & setsid sleep 300 & trap '' TERM; wait");
        Assert.Equal(1, FileCalls.TryWrite(group.KillFile, "1"u8));
        Assert.Equal(137, await sleeper.EndAsync());
    }

    [Fact]
    public void Killing_an_empty_group_is_no_error()
    {
        var group = Create(Wide);
        group.Kill();
        Assert.True(group.TryRemove());
        group.Kill();
    }

    [Fact]
    public async Task A_group_with_a_living_process_cannot_be_removed()
    {
        var group = Create(Wide);
        using var sleeper = GroupProcess.Start(group, "exec sleep 300");
        Assert.False(group.TryRemove());
        Assert.Contains(group.Name, fixture.Driver.List());
        group.Kill();
        Assert.Equal(137, await sleeper.EndAsync());
        await Removed.Async(group);
        Assert.DoesNotContain(group.Name, fixture.Driver.List());
        Assert.True(group.TryRemove(), "removing what is gone already");
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        var group = Create(Wide);
        var refusal = Assert.Throws<SandboxException>(() => fixture.Driver.Create(group.Name, Wide));
        Assert.Equal(Errno.EEXIST, refusal.Errno);
        Assert.Equal(SandboxStep.CreateGroup, refusal.Step);
    }

    [Fact]
    public async Task A_group_that_an_earlier_agent_made_is_found_and_ended()
    {
        var name = fixture.NewName("orphan");
        using var first = fixture.Driver.Create(name, Wide);
        using var sleeper = GroupProcess.Start(first, "exec sleep 300");
        first.Dispose();

        Assert.Null(fixture.Driver.Open("no-such-group"));
        var found = fixture.Driver.Open(name)!;
        groups.Add(found);
        Assert.InRange(found.Read().MemoryCurrentBytes!.Value, 1, 128 * MiB);
        found.Apply(new GroupLimits(Cpus: 1, MemoryBytes: 256 * MiB, Pids: 8));
        found.Apply(new GroupLimits(Cpus: 1, MemoryBytes: 64 * MiB, Pids: 8));
        found.Kill();
        Assert.Equal(137, await sleeper.EndAsync());
    }

    [Fact]
    public async Task Out_of_memory_while_nobody_watched_ends_the_group_when_it_is_found()
    {
        var name = fixture.NewName("unwatched");
        var first = fixture.Driver.Create(name, new GroupLimits(Cpus: 8, MemoryBytes: 32 * MiB, Pids: 16));
        using var parent = GroupProcess.Start(first, "read go; tail < /dev/zero; sleep 300");
        first.Dispose();
        parent.WriteLine("go");

        // cgroup2 ends the group by itself; v1 ends one process, and the next agent the rest.
        using (var observer = new OomCount(fixture.Driver, name)) await Until(() => observer.Read() > 0, "the kernel kills");
        groups.Add(fixture.Driver.Open(name)!);
        Assert.Equal(137, await parent.EndAsync());
    }

    [Fact]
    public async Task Time_of_children_that_ended_counts_and_stays_in_the_slice()
    {
        var before = fixture.Driver.SliceCpuNs();
        var group = Create(Wide);
        using var parent = GroupProcess.Start(group, "for i in 1 2 3; do timeout 0.3 sh -c 'while :; do :; done'; done; times; exit 0");
        await parent.ReadLineAsync(); // the shell's own time; then its children's: 0m0.890s 0m0.020s
        var children = (await parent.ReadLineAsync())!.TrimEnd('s').Split("s ").Select(t => t.Split('m')).Sum(t => (long.Parse(t[0], CultureInfo.InvariantCulture) * 60_000_000_000) + (long)(double.Parse(t[1], CultureInfo.InvariantCulture) * 1e9));
        Assert.Equal(0, await parent.EndAsync());

        var counters = group.Read();
        Assert.InRange(children, 50_000_000, 2_000_000_000);
        Assert.InRange(counters.CpuNs, children - 20_000_000, children + 1_000_000_000); // sh prints hundredths of a second
        Assert.Equal(counters.CpuNs, group.ReadCpuNs());
        Assert.InRange(counters.CpuUserNs!.Value + counters.CpuSystemNs!.Value, counters.CpuNs - 2000, counters.CpuNs + 2000);
        await Removed.Async(group);
        Assert.InRange(fixture.Driver.SliceCpuNs() - before, counters.CpuNs, long.MaxValue);
    }

    [Fact]
    public async Task The_memory_peak_can_be_reset_where_the_kernel_can()
    {
        var group = Create(Wide);
        using (var eater = GroupProcess.Start(group, "head -c 50000000 /dev/zero | tail > /dev/null")) Assert.Equal(0, await eater.EndAsync());
        Assert.InRange(group.Read().MemoryPeakBytes!.Value, 50_000_000, 128 * MiB);

        var can = fixture.Driver.Mode == "hybrid" || Environment.OSVersion.Version >= new Version(6, 12);
        Assert.Equal(can, group.TryResetMemoryPeak());
        Assert.Equal(can, group.Read().MemoryPeakBytes!.Value < 30_000_000);
    }

    [Fact]
    public async Task Shared_memory_is_charged_to_who_fills_it()
    {
        var group = Create(Wide);
        var file = $"/dev/shm/{group.Name}-{Environment.ProcessId}";
        using var writer = GroupProcess.Start(group, $"head -c 20000000 /dev/zero > {file}; echo written; read go; rm {file}");
        Assert.Equal("written", await writer.ReadLineAsync());
        Assert.InRange(group.Read().MemoryCurrentBytes!.Value, 20_000_000, 128 * MiB);
        writer.WriteLine("go");
        Assert.Equal(0, await writer.EndAsync());
    }

    [Fact]
    public async Task When_all_run_out_together_only_the_victims_group_ends()
    {
        using var driver = CgroupDrivers.OpenInstance($"{Environment.ProcessId}-shared");
        using var hungry = driver.Create("hungry", new GroupLimits(Cpus: 8, MemoryBytes: 256 * MiB, Pids: 16));
        using var modest = driver.Create("modest", new GroupLimits(Cpus: 8, MemoryBytes: 256 * MiB, Pids: 16));
        try
        {
            using var bystander = GroupProcess.Start(modest, "read go; echo alive");
            LimitSlice(hungry, 48 * MiB);
            using var victim = GroupProcess.Start(hungry, "sleep 300 & tail < /dev/zero; wait");
            Assert.Equal(137, await victim.EndAsync());
            Assert.InRange(hungry.Read().OomKills, 1, 16);
            Assert.Equal(0, modest.Read().OomKills);
            bystander.WriteLine("go");
            Assert.Equal("alive", await bystander.ReadLineAsync());
            Assert.Equal(0, await bystander.EndAsync());
        }
        finally
        {
            foreach (var group in (SandboxGroup[])[hungry, modest])
            {
                group.Kill();
                await Removed.Async(group);
            }
        }
    }

    public void Dispose()
    {
        foreach (var group in groups)
        {
            group.Kill();
            Removed.Async(group).GetAwaiter().GetResult();
            group.Dispose();
        }
    }

    private SandboxGroup Create(GroupLimits limits)
    {
        var group = fixture.Driver.Create(fixture.NewName(), limits);
        groups.Add(group);
        return group;
    }

    private void LimitSlice(SandboxGroup member, long bytes)
    {
        var (directory, file) = fixture.Driver.Mode == "v2"
            ? (GroupProcess.PathOf(member.EntryDirectory), "memory.max")
            : (Path.GetDirectoryName(member.AttachFiles.Select(GroupProcess.PathOf).Single(p => p.Contains("/memory/", StringComparison.Ordinal)))!, "memory.limit_in_bytes");
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(directory)!, file), $"{bytes}");
    }

    private static async Task Until(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            // The kernel's counters cannot be waited for, only read.
            if (clock.Elapsed > TimeSpan.FromSeconds(30)) Assert.Fail($"Waited 30 s until {what}.");
            await Task.Yield();
        }
    }
}
