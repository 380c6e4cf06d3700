using Corral.Agent.Interop;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>The agent process is killed; the launcher holds what it left, enforces what it can, and hands it to the next.</summary>
[Collection(SandboxTurns.Name)]
public sealed class AgentDeathTests(CgroupFixture cgroups)
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_running_step_is_adopted_with_its_output_its_counters_and_its_identity()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "adopt", s_long, s_long, "echo before; while [ ! -e /box/go ]; do sleep 0.01; done; echo after; exit 3");
        agent.Kill();
        var next = await agent.NextAsync();
        var step = Assert.Single(next.Adopted);
        Assert.Equal((7, 0), (step.AttemptId.Number, step.StepIndex));
        Assert.InRange(DateTimeOffset.UtcNow - step.StartedAt, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        var workspace = Assert.Single(next.AdoptedWorkspaces);
        Assert.Equal(1, workspace.Id);
        using (FileCalls.OpenAt(SandboxStep.OpenFile, workspace.RootDirectory, "go", OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4))
        {
        }

        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal((3 << 8, "before\nafter\n"), (end.WaitStatus, SandboxFixture.Read(step, StepStream.Stdout)));
        Assert.InRange(end.Baseline.CpuNs, UserModeLinux.LeastCpuNs, end.Death.CpuNs);
        Assert.Null(end.Killed);
        await step.ReleaseAsync();
        await Eventually.AsyncThat(() => agent.StartLog.Count == 2, "the launcher has logged the end, too");
        Assert.Equal(["start", "end"], agent.StartLog.Select(l => l[^1]));
        Assert.Equal([$"{step.AttemptId}", "0"], agent.StartLog[0][..2]);
        // It is the same launcher, and it goes on to make sandboxes.
        Assert.Equal(agent.Launcher, next.LauncherProcessId);
    }

    [Fact]
    public async Task A_step_that_ends_while_no_agent_is_there_keeps_its_verdict_and_its_output()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "ended", s_long, s_long, "echo out; echo err >&2; sleep 0.5; head -c 100000 /dev/zero | tr '\\0' y; exit 4");
        agent.Kill();
        await Eventually.AsyncThat(() => agent.StartLog.Count == 2, "the launcher notes the step's end");
        var step = Assert.Single((await agent.NextAsync()).Adopted);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal((4 << 8, 100_004, 4, true), (end.WaitStatus, end.StdoutBytes, end.StderrBytes, end.Truncated));
        Assert.Equal("out\n" + new string('y', (64 << 10) - 4), SandboxFixture.Read(step, StepStream.Stdout));
        Assert.Equal("err\n", SandboxFixture.Read(step, StepStream.Stderr));
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task A_result_that_no_agent_made_safe_is_there_again_for_the_next()
    {
        // The first agent has read the report of this one, and dies before it releases it.
        await using var agent = await AgentProcess.StartAsync(cgroups, "again", s_long, s_long, "echo done; exit 5", "echo up; sleep 60");
        await Eventually.AsyncThat(() => agent.StartLog.Count(l => l[^1] == "end") == 1, "the first step ends");
        agent.Kill();
        var next = await agent.NextAsync();
        Assert.Equal([0, 1], next.Adopted.Select(s => s.StepIndex).Order());
        var step = next.Adopted.Single(s => s.StepIndex == 0);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal((5 << 8, 5, "done\n"), (end.WaitStatus, end.StdoutBytes, SandboxFixture.Read(step, StepStream.Stdout)));
    }

    [Fact]
    public async Task The_count_of_output_goes_on_where_it_stopped()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "counts", s_long, s_long, "head -c 20000000 /dev/zero; while [ ! -e /box/go ]; do sleep 0.01; done; head -c 20000000 /dev/zero");
        // Until the first part is through it blocks in the pipe where nobody reads.
        agent.Kill();
        var next = await agent.NextAsync();
        var step = Assert.Single(next.Adopted);
        // A kill between moving and counting loses the count of one pipe at most: docs/decisions/0005.
        const long pipe = 256 << 10;
        await Eventually.AsyncThat(() => step.StdoutLength >= 20_000_000 - pipe, "the first part has been counted");
        using (FileCalls.OpenAt(SandboxStep.OpenFile, next.AdoptedWorkspaces[0].RootDirectory, "go", OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4))
        {
        }

        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, end.WaitStatus);
        Assert.InRange(end.StdoutBytes, 40_000_000 - pipe, 40_000_000);
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task The_launcher_holds_the_wall_limit_while_no_agent_is_there()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "wall", s_long, TimeSpan.FromSeconds(2), "echo up; sleep 60");
        agent.Kill();
        await Eventually.AsyncThat(() => agent.StartLog.Count == 2, "the launcher kills the step at its wall limit");
        var step = Assert.Single((await agent.NextAsync()).Adopted);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.WallTime, end.Killed);
        Assert.InRange(end.DeadNs - end.DispatchedNs, 2_000_000_000, 20_000_000_000);
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task At_the_end_of_the_lease_the_launcher_kills_everything_and_ends()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "lease", TimeSpan.FromSeconds(5), s_long, "echo up; sleep 60");
        agent.Kill();
        await Eventually.AsyncThat(() => !agent.LauncherLives, "the launcher ends with the lease");
        var next = await agent.NextAsync();
        Assert.Empty(next.Adopted);
        Assert.Empty(next.AdoptedWorkspaces);
        Assert.NotEqual(agent.Launcher, next.LauncherProcessId);
    }

    [Fact]
    public async Task The_limits_are_held_again_by_the_next_agent()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "limits", s_long, s_long, "echo up; while [ ! -e /box/go ]; do sleep 0.01; done; yes");
        agent.Kill();
        var next = await agent.NextAsync();
        using (FileCalls.OpenAt(SandboxStep.OpenFile, next.AdoptedWorkspaces[0].RootDirectory, "go", OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4))
        {
        }

        var step = Assert.Single(next.Adopted);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.Output, end.Killed);
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task The_cpu_limit_counts_what_was_used_before_the_adoption()
    {
        // Fields 14 and 15 of its stat are its time in user and in system mode, in ticks of 10 ms. proc_pid_stat(5).
        const string spin = "while read -r _ _ _ _ _ _ _ _ _ _ _ _ _ user system _ </proc/$$/stat && [ $((user + system)) -lt 200 ]; do :; done";
        await using var agent = await AgentProcess.StartAsync(cgroups, "cpu", s_long, s_long, TimeSpan.FromSeconds(3), $"{spin}; echo used; while [ ! -e /box/go ]; do sleep 0.1; done; while :; do :; done");
        agent.Kill();
        var next = await agent.NextAsync();
        using (FileCalls.OpenAt(SandboxStep.OpenFile, next.AdoptedWorkspaces[0].RootDirectory, "go", OpenFlags.WriteOnly | OpenFlags.Create, 0x1A4))
        {
        }

        var step = Assert.Single(next.Adopted);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.CpuTime, end.Killed);
        // Counted anew from the adoption it would be 5 s; a loaded host kills late.
        Assert.InRange(end.Death.CpuNs - end.Baseline.CpuNs, 2_900_000_000, 4_000_000_000);
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task The_next_agent_does_not_prolong_the_lease_by_coming()
    {
        await using var agent = await AgentProcess.StartAsync(cgroups, "unrenewed", TimeSpan.FromSeconds(8), s_long, "echo up; sleep 60");
        agent.Kill();
        // A launcher of its own it would give five minutes.
        var next = await agent.NextAsync();
        Assert.Equal(agent.Launcher, next.LauncherProcessId);
        var step = Assert.Single(next.Adopted);
        var end = await step.Completion.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.LeaseEnded, end.Killed);
        await step.ReleaseAsync();
    }
}
