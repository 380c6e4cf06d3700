using System.Diagnostics;
using Corral.Agent.Attempts;
using Corral.Agent.Cgroups;
using Corral.Agent.KernelTests.Sandbox;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using static Corral.Agent.KernelTests.Attempts.AgentFixture;

namespace Corral.Agent.KernelTests.Attempts;

/// <summary>The agent stops without a word to what runs, and another process of it starts on the same state folder.</summary>
public sealed class RestartTests(AgentFixture agent) : IClassFixture<AgentFixture>
{
    // A step that runs for longer than a restart takes; where the machine is slow and it does not, what is asserted must hold all the same.
    private static StepSpec Long(string name) => Shell($"echo {name} began; sleep 1; echo {name} ended", name);

    private async Task<AttemptOrder> RunningAsync(JobSpec spec, int step)
    {
        var order = Order(spec);
        await agent.Coordinator.OrderAsync(order);
        await foreach (var item in agent.Coordinator.Progress.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item.Attempt == order.Attempt && item.Kind == ProgressKind.StepStarted && item.StepIndex == step)
                return order;
        }

        throw new InvalidOperationException();
    }

    [Fact]
    public async Task A_running_step_goes_on_and_is_reported_once_with_all_its_output()
    {
        var order = await RunningAsync(Job(Long("a")), 0);

        await agent.RestartAsync();
        Assert.Contains(order.Attempt, agent.Node.Book.Held);
        // Told again: the process before may have had no time to.
        await foreach (var item in agent.Coordinator.Progress.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item.Attempt == order.Attempt && item.Kind == ProgressKind.StepStarted)
                break;
        }

        var report = await agent.Coordinator.ReportAsync(order.Attempt);

        Assert.Equal((Verdict.Succeeded, "a began\na ended\n"), (report.Verdict, Text(report.Steps[0].Stdout)));
        Assert.True(report.Steps[0].Usage!.CpuNs > 0);
        Assert.Equal(1, agent.Starts(order.Attempt));
        Assert.Equal(1, agent.Coordinator.Counts[order.Attempt]);
    }

    [Fact]
    public async Task Steps_that_have_ended_are_not_run_again_and_later_ones_are_run()
    {
        var order = await RunningAsync(Job(Shell("echo first > /box/first; echo first", "a"), Long("b"), Shell("cat /box/first", "c")), 1);

        await agent.RestartAsync();
        var report = await agent.Coordinator.ReportAsync(order.Attempt);

        Assert.Equal(["first\n", "b began\nb ended\n", "first\n"], report.Steps.Select(step => Text(step.Stdout)));
        Assert.Equal(3, agent.Starts(order.Attempt));
    }

    [Fact]
    public async Task A_step_that_ended_while_no_agent_was_there_is_reported_by_the_next()
    {
        var order = await RunningAsync(Job(Shell("echo before; sleep 0.5; echo alone; exit 7")), 0);

        await agent.RestartAsync(() => EndedAsync(order));
        var report = await agent.Coordinator.ReportAsync(order.Attempt);

        Assert.Equal((Verdict.NonZeroExit, 7, "before\nalone\n"), (report.Verdict, report.Steps[0].Facts.ExitCode!.Value, Text(report.Steps[0].Stdout)));
    }

    [Fact]
    public async Task A_report_that_was_not_acknowledged_is_sent_again_by_the_next_process()
    {
        agent.Coordinator.Acknowledges = false;
        var order = Order(Job(Shell("echo x")));
        await agent.Coordinator.OrderAsync(order);
        var first = await agent.Coordinator.ReportAsync(order.Attempt);
        agent.Coordinator.Acknowledges = true;

        await agent.RestartAsync();
        await Eventually.AsyncThat(() => agent.Coordinator.Counts[order.Attempt] > 1 && !agent.Node.Book.Held.Contains(order.Attempt), $"{order.Attempt} reported again and acknowledged");

        Assert.Equal(1, agent.Starts(order.Attempt));
        Assert.Equal(Verdict.Succeeded, first.Verdict);
    }

    [Fact]
    public async Task An_attempt_of_which_nothing_is_left_is_lost_and_said_so_once()
    {
        var order = Order(Job(Shell("echo never", "a"), Shell("echo never", "b")));
        await agent.RestartAsync(() =>
        {
            // As after a power cut: the order is durable, the launcher knows nothing.
            using var journal = Journal.Open(Path.Combine(agent.Options.StateDirectory, "journal"), new JournalOptions(), NullLogger.Instance, out _);
            journal.Append(order, static (of, sequence) => new AcceptedEntry(sequence, 1, 0, of)).Durable.Wait();
            return Task.CompletedTask;
        });

        var report = await agent.Coordinator.ReportAsync(order.Attempt);
        Assert.Equal(Verdict.Lost, report.Verdict);
        Assert.All(report.Steps, step => Assert.Equal(StepState.Skipped, step.State));
        await Eventually.AsyncThat(() => !agent.Node.Book.Held.Contains(order.Attempt), $"{order.Attempt} acknowledged");
        await agent.RestartAsync();
        Assert.DoesNotContain(order.Attempt, agent.Node.Book.Held);
        Assert.Equal(0, agent.Starts(order.Attempt));
    }

    [Fact]
    public async Task A_workspace_of_an_order_that_never_became_durable_is_not_in_the_way_of_the_next()
    {
        var last = await agent.RunAsync(Job(Shell("true")));
        await agent.RestartAsync(async () =>
        {
            // As by an agent that was killed before its journal had the orders: their numbers are given again.
            using var groups = CgroupDrivers.Open(agent.Options.StateDirectory);
            await using var sandboxes = await SandboxHost.StartAsync(
                new SandboxOptions { StateDirectory = agent.Options.StateDirectory, InitialLease = TimeSpan.FromMinutes(1), StartLog = agent.Options.StartLog },
                groups, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
            for (var sequence = last.Sequence; sequence < last.Sequence + 16; sequence++)
                await sandboxes.CreateWorkspaceAsync(AttemptWorkspaces.FirstId(sequence), new WorkspaceSize(1 << 20, 100, 1, 1), TestContext.Current.CancellationToken);
        });

        var reports = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => agent.RunAsync(Job(Shell("touch /box/mine")))));
        Assert.All(reports, report => Assert.Equal(Verdict.Succeeded, report.Verdict));
        Assert.InRange(reports.Min(report => report.Sequence), last.Sequence, last.Sequence + 15);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_full_disk_and_the_next_process_reports_what_could_not_be_written()
    {
        var journal = Path.Combine(agent.Options.StateDirectory, "journal");
        await agent.RestartAsync(() => RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "corral-test", journal));
        try
        {
            var order = await RunningAsync(Job(Shell("sleep 1; echo x")), 0);
            var ballast = Path.Combine(journal, "ballast");
            await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(ballast, new byte[1 << 20], TestContext.Current.CancellationToken));
            // What fits into the file's last page is still written; an order that is not taken at all says that the journal has found the disk full.
            await Eventually.AsyncThat(
                () =>
                {
                    var next = Order(Job(Shell("true") with { Limits = new ResourceLimits { Cpus = 0.05, MemoryBytes = 16 << 20, ScratchBytes = 1 << 20 } }));
                    _ = agent.Coordinator.OrderAsync(next);
                    return !agent.Node.Book.Held.Contains(next.Attempt);
                },
                "an order refused");
            await EndedAsync(order);

            await agent.RestartAsync(() =>
            {
                File.Delete(ballast);
                return Task.CompletedTask;
            }).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

            var report = await agent.Coordinator.ReportAsync(order.Attempt);
            Assert.Equal((Verdict.Succeeded, "x\n"), (report.Verdict, Text(report.Steps[0].Stdout)));
            await Eventually.AsyncThat(() => agent.Node.Book.Held.Count == 0, "everything acknowledged");
        }
        finally
        {
            await agent.RestartAsync(() => RunAsync("umount", journal));
        }
    }

    private Task EndedAsync(AttemptOrder order) => Eventually.AsyncThat(
        () => File.ReadLines(agent.Options.StartLog!).Any(line => line.Contains(order.Attempt.ToString(), StringComparison.Ordinal) && line.EndsWith("end", StringComparison.Ordinal)),
        "the launcher has noted the end");

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task The_user_of_a_running_attempt_is_given_to_no_other_after_a_restart()
    {
        var order = await RunningAsync(Job(Shell("id -u; sleep 1.5")), 0);
        await agent.RestartAsync();

        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => agent.RunAsync(Shell("id -u; sleep 0.1"))));
        var report = await agent.Coordinator.ReportAsync(order.Attempt);

        Assert.All(others, other => Assert.NotEqual(Text(report.Steps[0].Stdout), Text(other.Stdout)));
    }
}
