using Corral.Coordinator.Application;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class LeaseTests
{
    private static readonly TimeSpan s_leaseAndMargin = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_an_agent_held_when_its_lease_passed_is_tried_elsewhere_and_its_late_report_is_evidence()
    {
        var clock = new ManualClock();
        await using var host = await CoordinatorHost.StartAsync(clock: clock);
        var first = await host.AgentAsync("first");
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await first.NextOrderAsync();
        Assert.Equal(1, order.Attempt.Number);

        clock.Advance(s_leaseAndMargin - TimeSpan.FromMilliseconds(1));
        await first.RenewAsync();
        await first.NextAsync<LeaseRenewed>();
        var second = await host.AgentAsync("second");
        clock.Advance(TimeSpan.FromSeconds(4));
        await second.RenewAsync();
        await second.NextAsync<LeaseRenewed>();
        Assert.False(second.Has<StartAttempts>());
        clock.Advance(TimeSpan.FromSeconds(2));

        var again = await second.NextOrderAsync();
        Assert.Equal(new AttemptId(id, 2), again.Attempt);
        await first.ReportAsync(first.Report(order));
        Assert.Equal([1], (await first.NextAsync<AcknowledgeReports>()).Sequences);
        await second.ReportAsync(second.Report(again));
        var view = await host.EndAsync(id);

        Assert.Equal((Verdict.Succeeded, Verdict.Lost, "second"), (view.Verdict, view.Attempts[0].Verdict, view.Attempts[1].Agent));
        Assert.Contains("has not renewed its lease", view.Attempts[0].Detail, StringComparison.Ordinal);
        var row = Assert.Single((await host.Get<IUsage>().RowsAsync(null, null, null, null, 10, Cancel)).Rows);
        Assert.Equal((2, true), (row.Usage.Attempt.Number, row.Billable));

        // The old process asks on: it is refused, registers anew, and learns that what it holds is not its any more.
        await first.RenewAsync();
        await first.NextAsync<LeaseRefused>();
        first.Held.Add(order.Attempt);
        Assert.Equal([order.Attempt], (await first.StartAsync()).Fenced);
    }

    [Fact]
    public async Task An_agent_that_dies_after_the_wall_clock_was_set_back_is_given_up_all_the_same()
    {
        var clock = new ManualClock();
        await using var host = await CoordinatorHost.StartAsync(clock: clock);
        var first = await host.AgentAsync("first");
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        await first.NextOrderAsync();
        await first.RenewAsync();
        await first.NextAsync<LeaseRenewed>();

        clock.StepWall(TimeSpan.FromHours(-1));
        var second = await host.AgentAsync("second");
        clock.Advance(TimeSpan.FromSeconds(4));
        await second.RenewAsync();
        await second.NextAsync<LeaseRenewed>();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new AttemptId(id, 2), (await second.NextOrderAsync()).Attempt);
    }

    [Fact]
    public async Task An_agent_that_asks_again_before_its_welcome_gets_the_same_epoch_and_a_new_one_once_it_had_a_lease()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        var first = agent.Epoch;

        Assert.Equal(first, (await agent.AskAgainAsync()).Epoch);
        await agent.RenewAsync();
        await agent.NextAsync<LeaseRenewed>();
        Assert.Equal(first + 1, (await agent.AskAgainAsync()).Epoch);
        Assert.Equal(first + 2, (await agent.StartAsync()).Epoch);
    }

    [Fact]
    public async Task A_step_that_had_started_on_a_lost_agent_leaves_one_unbilled_row()
    {
        var clock = new ManualClock();
        await using var host = await CoordinatorHost.StartAsync(clock: clock);
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec(maxAttempts: 1));
        var order = await agent.NextOrderAsync();
        await using var events = host.Jobs.WatchAsync(id, 0, withOutput: false, Cancel).GetAsyncEnumerator(Cancel);
        await agent.ProgressAsync(new AttemptProgress(order.Attempt, ProgressKind.Started, 0, clock.GetUtcNow()));
        await Until(events, JobEventKind.Started);
        clock.Advance(s_leaseAndMargin);
        await Until(events, JobEventKind.Ended);

        var view = (await host.Jobs.GetAsync(id, Cancel))!;
        Assert.Equal((Verdict.Lost, 0L), (view.Verdict, view.Receipt!.TotalNano));
        var row = Assert.Single((await host.Get<IUsage>().RowsAsync(null, null, null, null, 10, Cancel)).Rows);
        Assert.Equal((Verdict.Lost, false), (row.Usage.Verdict, row.Billable));
    }

    [Fact]
    public async Task An_order_that_vanished_is_sent_again_after_a_second_and_not_before()
    {
        var clock = new ManualClock();
        await using var host = await CoordinatorHost.StartAsync(clock: clock);
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var lost = await agent.NextOrderAsync();

        clock.Advance(TimeSpan.FromMilliseconds(900));
        await agent.RenewAsync();
        await agent.NextAsync<LeaseRenewed>();
        Assert.False(agent.Has<StartAttempts>());
        clock.Advance(TimeSpan.FromMilliseconds(200));
        await agent.RenewAsync();
        var again = await agent.NextOrderAsync();
        Assert.Equal(lost.Attempt, again.Attempt);

        agent.Held.Add(again.Attempt);
        clock.Advance(TimeSpan.FromSeconds(2));
        await agent.RenewAsync();
        Assert.Empty((await agent.NextAsync<LeaseRenewed>()).Fenced);
        Assert.False(agent.Has<StartAttempts>());
        await agent.ReportAsync(agent.Report(again));
        Assert.Single((await host.EndAsync(id)).Attempts);
    }

    [Fact]
    public async Task A_new_process_keeps_what_it_holds_gets_what_it_never_had_and_loses_what_had_started()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        var ids = await host.SubmitAsync([.. Enumerable.Range(0, 3).Select(_ => CoordinatorHost.Spec())]);
        var orders = (await agent.NextAsync<StartAttempts>()).Orders.ToDictionary(order => order.Attempt.Job);
        var (held, never, started) = (orders[ids[0]], orders[ids[1]], orders[ids[2]]);
        await using var events = host.Jobs.WatchAsync(ids[2], 0, withOutput: false, Cancel).GetAsyncEnumerator(Cancel);
        await agent.ProgressAsync(new AttemptProgress(started.Attempt, ProgressKind.Started, 0, DateTimeOffset.UtcNow));
        await Until(events, JobEventKind.Started);

        var oldEpoch = agent.Epoch;
        agent.Held.Add(held.Attempt);
        Assert.Empty((await agent.StartAsync()).Fenced);
        Assert.True(agent.Epoch > oldEpoch);

        var again = new List<AttemptOrder>();
        while (again.Count < 2)
        {
            var message = await agent.NextAsync<StartAttempts>();
            Assert.Equal(agent.Epoch, message.Epoch);
            again.AddRange(message.Orders);
        }

        Assert.Equivalent(new[] { never.Attempt, new AttemptId(ids[2], 2) }, again.Select(order => order.Attempt));
        await agent.ReportAsync([agent.Report(held), .. again.Select(order => agent.Report(order))]);
        Assert.Single((await host.EndAsync(ids[0])).Attempts);
        Assert.Single((await host.EndAsync(ids[1])).Attempts);
        Assert.Equal([Verdict.Lost, Verdict.Succeeded], (await host.EndAsync(ids[2])).Attempts.Select(attempt => attempt.Verdict));
    }

    internal static async Task<JobEvent> Until(IAsyncEnumerator<JobEvent> events, JobEventKind kind)
    {
        while (await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel))
        {
            if (events.Current.Kind == kind)
                return events.Current;
        }

        throw new InvalidOperationException($"The events ended before {kind}.");
    }
}
