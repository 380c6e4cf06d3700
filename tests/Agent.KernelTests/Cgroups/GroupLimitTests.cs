using Corral.Agent.Cgroups;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>Every limit of a group, enforced by this host's kernel: the same tests on cgroup2 and on the v1 fallback.</summary>
public sealed class GroupLimitTests(CgroupFixture fixture) : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly List<SandboxGroup> groups = [];

    [Fact]
    public async Task Cpu_quota_holds_a_busy_loop_back_and_counts_it()
    {
        var group = Create(new GroupLimits(Cpus: 0.25, MemoryBytes: 64 * MiB, Pids: 16));
        using var spinner = GroupProcess.Start(group, "timeout 2 sh -c 'while :; do :; done'; exit 7");
        Assert.Equal(7, await spinner.EndAsync());

        var counters = group.Read();
        // A quarter of 2 s is 0.5 s; what came before the loop and one period's worth beyond the quota are allowed for.
        Assert.InRange(counters.CpuNs, 100_000_000, 800_000_000);
        Assert.InRange(counters.ThrottledPeriods!.Value, 3, counters.Periods!.Value);
        Assert.InRange(counters.ThrottledNs!.Value, 100_000_000, 60_000_000_000);
    }

    [Fact]
    public async Task Without_a_reached_quota_nothing_is_throttled()
    {
        var group = Create(new GroupLimits(Cpus: 64, MemoryBytes: 64 * MiB, Pids: 16));
        using var worker = GroupProcess.Start(group, "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
        Assert.Equal(0, await worker.EndAsync());

        var counters = group.Read();
        Assert.Equal(0, counters.ThrottledPeriods);
        Assert.Equal(0, counters.ThrottledNs);
        Assert.Equal(0, counters.OomKills);
        Assert.Equal(0, counters.PidsLimitHits);
    }

    [Fact]
    public async Task Memory_beyond_the_limit_is_an_out_of_memory_kill_and_the_peak_is_the_limit()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 32 * MiB, Pids: 16));
        using var hungry = GroupProcess.Start(group, "exec tail < /dev/zero");
        Assert.Equal(137, await hungry.EndAsync());

        var counters = group.Read();
        Assert.InRange(counters.OomKills, 1, 16);
        Assert.InRange(counters.MemoryPeakBytes!.Value, 31 * MiB, 32 * MiB);
    }

    [Fact]
    public async Task Memory_within_the_limit_is_left_alone_and_its_peak_counted()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 96 * MiB, Pids: 16));
        using var modest = GroupProcess.Start(group, "head -c 30000000 /dev/zero | tail > /dev/null");
        Assert.Equal(0, await modest.EndAsync());

        var counters = group.Read();
        Assert.Equal(0, counters.OomKills);
        Assert.InRange(counters.MemoryPeakBytes!.Value, 30_000_000, 96 * MiB);
    }

    [Fact]
    public async Task An_out_of_memory_kill_of_a_child_ends_everyone_in_the_group()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 32 * MiB, Pids: 16));
        using var parent = GroupProcess.Start(group, "sleep 300 & tail < /dev/zero; wait; exit 0");
        Assert.Equal(137, await parent.EndAsync());
        Assert.InRange(group.Read().OomKills, 1, 16);
        await Removed.Async(group);
    }

    [Fact]
    public async Task An_out_of_memory_kill_of_a_child_is_counted_although_its_parent_may_exit_0()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 32 * MiB, Pids: 16));
        using var parent = GroupProcess.Start(group, "tail < /dev/zero; exit 0");
        Assert.Contains(await parent.EndAsync(), new List<int> { 0, 137 }); // on v1 the parent may be quicker than the kill that follows
        Assert.InRange(group.Read().OomKills, 1, 16);
    }

    [Fact]
    public async Task A_kill_that_is_not_for_memory_counts_as_none()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 32 * MiB, Pids: 16));
        using var suicide = GroupProcess.Start(group, "kill -9 $$");
        Assert.Equal(137, await suicide.EndAsync());
        Assert.Equal(0, group.Read().OomKills);
    }

    [Fact]
    public async Task Pids_limit_refuses_the_fork_and_counts_the_refusal()
    {
        var group = Create(new GroupLimits(Cpus: 8, MemoryBytes: 64 * MiB, Pids: 5));
        using var forker = GroupProcess.Start(group, "for i in 1 2 3 4 5 6 7 8; do sleep 300 & done 2>&1; echo all");
        Assert.Contains("fork", await forker.ReadLineAsync(), StringComparison.OrdinalIgnoreCase); // sh: 0: Cannot fork
        var counters = group.Read();
        Assert.InRange(counters.PidsLimitHits, 1, 100);
        Assert.Equal(5, counters.PidsPeak);
        group.Kill();
        await forker.EndAsync();
    }

    [Fact]
    public async Task Limits_can_be_raised_and_lowered_while_the_group_lives()
    {
        var group = Create(new GroupLimits(Cpus: 1, MemoryBytes: 32 * MiB, Pids: 4));
        group.Apply(new GroupLimits(Cpus: 2, MemoryBytes: 128 * MiB, Pids: 16));
        using (var modest = GroupProcess.Start(group, "head -c 60000000 /dev/zero | tail > /dev/null")) Assert.Equal(0, await modest.EndAsync());
        group.Apply(new GroupLimits(Cpus: 1, MemoryBytes: 32 * MiB, Pids: 4));
        using (var hungry = GroupProcess.Start(group, "exec tail < /dev/zero")) Assert.Equal(137, await hungry.EndAsync());
        Assert.InRange(group.Read().OomKills, 1, 16);
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
}
