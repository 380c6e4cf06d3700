using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Limits that end a step, and who is told to have ended it.</summary>
[Collection(SandboxTurns.Name)]
public sealed class LimitTests(SandboxFixture sandboxes)
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task The_wall_limit_ends_a_step_that_only_sleeps()
    {
        var result = await sandboxes.RunAsync(Steps.Of("/bin/sleep", "60") with { WallTime = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(KillReason.WallTime, result.End.Killed);
        Assert.InRange(result.End.DeadNs - result.End.DispatchedNs, 300 * Millisecond, 20_000 * Millisecond);
    }

    [Fact]
    public async Task More_open_files_than_the_kernel_allows_are_refused_and_not_quietly_lowered()
    {
        // fs.nr_open is 1,048,576 unless somebody raised it. https://docs.kernel.org/admin-guide/sysctl/fs.html#nr-open
        var result = await sandboxes.RunAsync(Steps.Of("/bin/true") with { OpenFiles = int.MaxValue });
        Assert.Equal((StartPhase.Limits, 1, true), (result.End.Failure!.Phase, result.End.Failure.Errno, result.End.Failure.IsCallersFault));
    }

    [Fact]
    public async Task The_wall_limit_ends_a_step_that_has_stopped_itself()
    {
        var result = await sandboxes.ShellAsync("kill -STOP $$", l => l with { WallTime = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(KillReason.WallTime, result.End.Killed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_cpu_limit_counts_all_processes_together(int processes)
    {
        var result = await sandboxes.ProbeAsync($"spin {processes}", l => l with { CpuTime = TimeSpan.FromMilliseconds(300), Group = l.Group with { Cpus = 2 } });
        Assert.Equal(KillReason.CpuTime, result.End.Killed);
        // The kernel of a User-mode Linux host counts in ticks of 10 ms, and a loaded host kills late.
        Assert.InRange(result.End.Death.CpuNs - result.End.Baseline.CpuNs, 290 * Millisecond, 900 * Millisecond);
    }

    [Fact]
    public async Task A_step_within_its_cpu_limit_is_left_alone_however_long_it_lasts()
    {
        var result = await sandboxes.RunAsync(Steps.Of("/bin/sleep", "0.7") with { CpuTime = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(0, result.ExitCode);
        Assert.Null(result.End.Killed);
    }

    [Fact]
    public async Task Memory_beyond_the_limit_kills_the_whole_sandbox_and_the_counter_says_so()
    {
        var result = await sandboxes.ProbeAsync("eat 200", l => l with { Group = l.Group with { MemoryBytes = 64 << 20 } });
        Assert.True(result.End.Death.OomKills > result.End.Baseline.OomKills);
        Assert.Null(result.End.Killed);
        Assert.InRange(result.End.Death.MemoryPeakBytes ?? 0, 60 << 20, 64 << 20);
    }

    [Fact]
    public async Task Limits_that_differ_from_the_warm_ones_hold_from_the_first_instruction()
    {
        var result = await sandboxes.ShellAsync("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done 2>&1; echo ended", l => l with { Group = l.Group with { Pids = 6 } });
        Assert.True(result.End.Death.PidsLimitHits > 0);
    }

    [Fact]
    public async Task Output_beyond_what_is_kept_is_counted_and_the_step_ends_by_itself()
    {
        var result = await sandboxes.ShellAsync("head -c 1000000 /dev/zero | tr '\\0' x; echo done >&2", l => l with { CaptureBytes = 1000 });
        Assert.Equal((0, 1_000_000, 5, true), (result.ExitCode, result.End.StdoutBytes, result.End.StderrBytes, result.End.Truncated));
        Assert.Equal(new string('x', 1000), result.Stdout);
        Assert.Equal("done\n", result.Stderr);
    }

    [Fact]
    public async Task Output_beyond_the_limit_ends_the_step()
    {
        var result = await sandboxes.ShellAsync("yes", l => l with { OutputBytes = 1 << 20 });
        Assert.Equal(KillReason.Output, result.End.Killed);
        Assert.True(result.End.StdoutBytes > 1 << 20);
        Assert.Equal(64 << 10, result.Stdout.Length);
    }

    [Fact]
    public async Task Open_files_stack_and_cores_are_limited()
    {
        var result = await sandboxes.ShellAsync("ulimit -n; ulimit -s; ulimit -Hc", l => l with { OpenFiles = 77, StackBytes = 1 << 20 });
        // A core of one byte is rounded to none by the shell.
        Assert.Equal("77\n1024\n0\n", result.Stdout);
    }

    [Fact]
    public async Task The_writable_layer_and_shared_memory_share_one_size_and_one_number_of_inodes()
    {
        var full = await sandboxes.ShellAsync("head -c 3000000 /dev/zero > /tmp/a; head -c 3000000 /dev/zero > /dev/shm/b; wc -c < /tmp/a; [ $(stat -c %s /dev/shm/b) -lt 3000000 ] && echo short", l => l with { ScratchBytes = 4 << 20 });
        Assert.Equal("3000000\nshort\n", full.Stdout);
        Assert.Equal(0, full.End.ScratchFreeBytes);

        var inodes = await sandboxes.ShellAsync("i=0; while [ $i -lt 200 ]; do true > /tmp/f$i || break; i=$((i+1)); done 2>/dev/null; ls /tmp | wc -l", l => l with { ScratchInodes = 100 });
        Assert.InRange(int.Parse(inodes.Stdout, System.Globalization.CultureInfo.InvariantCulture), 90, 100);
        Assert.Equal(0, inodes.End.ScratchFreeInodes);
    }

    [Fact]
    public async Task A_kill_that_comes_after_the_exit_does_not_count()
    {
        var step = await sandboxes.Host.StartStepAsync(Steps.Of("/bin/true"), TestContext.Current.CancellationToken);
        var end = await step.Completion;
        step.Kill(KillReason.Cancelled);
        Assert.Null(end.Killed);
        await step.ReleaseAsync();
    }
}
