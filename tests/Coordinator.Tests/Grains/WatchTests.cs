using System.Text;
using Corral.Coordinator.Application;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class WatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_watcher_sees_everything_in_order_live_output_included()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await agent.NextOrderAsync();
        await using var events = host.Jobs.WatchAsync(id, 0, withOutput: true, Cancel).GetAsyncEnumerator(Cancel);
        Assert.Equal(1, (await LeaseTests.Until(events, JobEventKind.Queued)).Id);
        Assert.Equal(2, (await LeaseTests.Until(events, JobEventKind.Placed)).Id);

        var watch = await agent.NextAsync<WatchAttempts>();
        Assert.Equal((true, order.Attempt), (watch.On, watch.Attempts.Single()));
        var now = DateTimeOffset.UtcNow;
        await agent.ProgressAsync(
            new AttemptProgress(order.Attempt, ProgressKind.Started, 0, now),
            new AttemptProgress(order.Attempt, ProgressKind.StepStarted, 0, now));
        Assert.Null((await LeaseTests.Until(events, JobEventKind.StepStarted)).Id);
        Assert.Equal(3, (await LeaseTests.Until(events, JobEventKind.Started)).Id);
        await agent.ProgressAsync(new AttemptProgress(order.Attempt, ProgressKind.Stdout, 0, now, Verdict.None, 0, [.. "out of "u8]));
        Assert.Equal("out of ", Text(await LeaseTests.Until(events, JobEventKind.Stdout)));

        await agent.ReportAsync(agent.Report(order));
        // What was not sent live comes with the end, and nothing twice.
        var rest = await LeaseTests.Until(events, JobEventKind.Stdout);
        Assert.Equal((7L, "step1\n"), (rest.Offset, Text(rest)));
        Assert.Equal(Verdict.Succeeded, (await LeaseTests.Until(events, JobEventKind.StepEnded)).Verdict);
        var ended = await LeaseTests.Until(events, JobEventKind.Ended);
        Assert.Equal((4L, Verdict.Succeeded), (ended.Id!.Value, ended.Verdict));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task A_step_starts_speaks_and_ends_in_this_order_also_where_one_message_tells_it_all()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await agent.NextOrderAsync();
        await using var events = host.Jobs.WatchAsync(id, 0, withOutput: true, Cancel).GetAsyncEnumerator(Cancel);
        await LeaseTests.Until(events, JobEventKind.Placed);
        var now = DateTimeOffset.UtcNow;

        await agent.ProgressAsync(
            new AttemptProgress(order.Attempt, ProgressKind.Started, 0, now),
            new AttemptProgress(order.Attempt, ProgressKind.StepStarted, 0, now),
            new AttemptProgress(order.Attempt, ProgressKind.Stdout, 0, now, Verdict.None, 0, [.. "all"u8]),
            new AttemptProgress(order.Attempt, ProgressKind.StepEnded, 0, now, Verdict.Succeeded));

        var seen = new List<JobEventKind>();
        while (seen.Count < 4 && await events.MoveNextAsync())
            seen.Add(events.Current.Kind);
        Assert.Equal([JobEventKind.Started, JobEventKind.StepStarted, JobEventKind.Stdout, JobEventKind.StepEnded], seen.OrderBy(kind => kind == JobEventKind.Started ? 0 : 1));
        Assert.Contains(JobEventKind.Started, seen[..3]);
    }

    [Fact]
    public async Task Who_comes_after_the_end_sees_it_whole_and_who_resumes_sees_the_rest()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        agent.OnOrder = order => agent.Report(order);
        var id = await host.SubmitAsync(CoordinatorHost.Spec(steps: 2));
        await host.EndAsync(id);

        var all = await host.Jobs.WatchAsync(id, 0, withOutput: true, Cancel).ToListAsync(Cancel);
        Assert.Equal(
            [
                JobEventKind.Queued, JobEventKind.Placed, JobEventKind.Started,
                JobEventKind.StepStarted, JobEventKind.Stdout, JobEventKind.StepEnded,
                JobEventKind.StepStarted, JobEventKind.Stdout, JobEventKind.StepEnded, JobEventKind.Ended,
            ],
            all.Select(happened => happened.Kind));
        Assert.Equal("out of step2\n", Text(all[7]));
        var rest = await host.Jobs.WatchAsync(id, 2, withOutput: false, Cancel).ToListAsync(Cancel);
        Assert.Equal(
            [JobEventKind.Started, JobEventKind.StepStarted, JobEventKind.StepEnded, JobEventKind.StepStarted, JobEventKind.StepEnded, JobEventKind.Ended],
            rest.Select(happened => happened.Kind));
        Assert.Empty(await host.Jobs.WatchAsync(JobId.New(DateTimeOffset.UtcNow), 0, true, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Everyone_who_waits_is_woken_by_the_commit_of_the_end()
    {
        await using var host = await CoordinatorHost.StartAsync(clock: new ManualClock());
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await agent.NextOrderAsync();
        // The clock stands: no timer can wake them.
        var waiters = Enumerable.Range(0, 20).Select(_ => host.Jobs.WaitAsync(id, TimeSpan.FromMinutes(1), Cancel)).ToList();
        await using var events = host.Jobs.WatchAsync(id, 0, withOutput: true, Cancel).GetAsyncEnumerator(Cancel);
        await LeaseTests.Until(events, JobEventKind.Placed);
        await agent.ReportAsync(agent.Report(order));
        foreach (var view in await Task.WhenAll(waiters).WaitAsync(TimeSpan.FromSeconds(20), Cancel))
            Assert.Equal((JobState.Ended, Verdict.Succeeded), (view!.State, view.Verdict));
    }

    [Fact]
    public async Task Waiting_shorter_than_the_job_shows_it_as_it_is()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        Assert.Equal(JobState.Queued, (await host.Jobs.WaitAsync(id, TimeSpan.FromMilliseconds(20), Cancel))!.State);
        Assert.Equal(JobState.Queued, (await host.Jobs.WaitAsync(id, TimeSpan.Zero, Cancel))!.State);
        Assert.Null(await host.Jobs.WaitAsync(JobId.New(DateTimeOffset.UtcNow), TimeSpan.FromSeconds(5), Cancel));
    }

    private static string Text(JobEvent happened) => Encoding.UTF8.GetString(happened.Data!);
}
