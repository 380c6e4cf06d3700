using Corral.Coordinator.Application;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class JobLifeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_placed_runs_ends_and_is_billed()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        agent.OnOrder = order => agent.Report(order, cpuNs: 2_000_000_000, wallNs: 4_000_000_000);

        var view = await host.EndAsync(await host.SubmitAsync(CoordinatorHost.Spec()));

        Assert.Equal(Verdict.Succeeded, view.Verdict);
        var attempt = Assert.Single(view.Attempts);
        Assert.Equal((1, "a1", JobState.Ended), (attempt.Number, attempt.Agent, attempt.State));
        Assert.Equal("out of step1\n", System.Text.Encoding.UTF8.GetString(view.Steps[0].Stdout.Inline));
        // 2 cpu-seconds, a quarter of a GiB for 4 s, and the fee.
        Assert.Equal((2 * 10_000_000) + 1_000_000 + 100_000, view.Receipt!.TotalNano);
        var sum = Assert.Single(await host.Get<IUsage>().SumAsync(null, null, null, Cancel));
        Assert.Equal(("t1", 1L, 1L, view.Receipt.TotalNano), (sum.Tenant, sum.Jobs, sum.BillableSteps, sum.ChargeNano));
        Assert.Equal((256L << 20) * 4, sum.MemoryByteSeconds);
    }

    [Fact]
    public async Task A_job_that_comes_before_its_agent_waits_and_says_why()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var queued = await host.Jobs.GetAsync(id, Cancel);
        Assert.Equal(JobState.Queued, queued!.State);
        Assert.Contains("No agent of pool 'default' is alive", queued.QueueReason, StringComparison.Ordinal);

        var agent = await host.AgentAsync(start: false);
        agent.OnOrder = order => agent.Report(order);
        await agent.StartAsync();
        Assert.Equal(Verdict.Succeeded, (await host.EndAsync(id)).Verdict);
    }

    [Fact]
    public async Task Jobs_wait_for_room_and_go_in_order_of_priority()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync(cpus: 1);
        await host.SubmitAsync(CoordinatorHost.Spec());
        var first = await agent.NextOrderAsync();
        var low = await host.SubmitAsync(CoordinatorHost.Spec(priority: -1));
        var normal = await host.SubmitAsync(CoordinatorHost.Spec());
        var high = await host.SubmitAsync(CoordinatorHost.Spec(priority: 1));
        var huge = await host.SubmitAsync(CoordinatorHost.Spec(priority: 9, cpus: 16));

        var served = new List<JobId>();
        for (var order = first; served.Count < 3; served.Add(order.Attempt.Job))
        {
            await agent.ReportAsync(agent.Report(order));
            order = await agent.NextOrderAsync();
        }

        Assert.Equal([high, normal, low], served);
        Assert.Contains("16 cpus", (await host.Jobs.GetAsync(huge, Cancel))!.QueueReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_comes_twice_is_acknowledged_twice_and_counted_once()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var report = agent.Report(await agent.NextOrderAsync());
        for (var i = 0; i < 2; i++)
        {
            await agent.ReportAsync(report);
            Assert.Equal([report.Sequence], (await agent.NextAsync<AcknowledgeReports>()).Sequences);
        }

        await host.EndAsync(id);
        Assert.Single((await host.Get<IUsage>().RowsAsync(null, null, null, null, 10, Cancel)).Rows);
    }

    [Fact]
    public async Task A_sandbox_that_broke_is_tried_again_until_the_last_attempt_and_never_billed()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        agent.OnOrder = order => agent.Report(order, Verdict.SandboxBroke);
        var view = await host.EndAsync(await host.SubmitAsync(CoordinatorHost.Spec(maxAttempts: 3)));
        Assert.Equal((Verdict.SandboxBroke, 0L), (view.Verdict, view.Receipt!.TotalNano));
        Assert.Equal([1, 2, 3], view.Attempts.Select(attempt => attempt.Number));
        Assert.DoesNotContain((await host.Get<IUsage>().RowsAsync(null, null, null, null, 10, Cancel)).Rows, row => row.Billable);
    }

    [Fact]
    public async Task A_report_that_makes_no_sense_ends_the_attempt_instead_of_hanging_it()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        agent.OnOrder = order =>
        {
            var report = agent.Report(order);
            return order.Attempt.Number == 1 ? report with { Steps = [report.Steps[0] with { Usage = report.Steps[0].Usage! with { WallNs = -1 } }] } : report;
        };
        var view = await host.EndAsync(await host.SubmitAsync(CoordinatorHost.Spec()));
        Assert.Equal([Verdict.SandboxBroke, Verdict.Succeeded], view.Attempts.Select(attempt => attempt.Verdict));
        Assert.Contains("cannot be right", view.Attempts[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_reaches_the_queue_and_the_agent()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync(cpus: 1);
        var running = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await agent.NextOrderAsync();
        var queued = await host.SubmitAsync(CoordinatorHost.Spec());

        var waiting = host.Jobs.WaitAsync(queued, TimeSpan.FromSeconds(20), Cancel);
        Assert.Equal(CancelOutcome.Cancelled, await host.Jobs.CancelAsync(queued, Cancel));
        Assert.Equal(Verdict.Cancelled, (await waiting)!.Verdict);
        Assert.Equal(CancelOutcome.AlreadyEnded, await host.Jobs.CancelAsync(queued, Cancel));
        Assert.Equal(CancelOutcome.NotFound, await host.Jobs.CancelAsync(JobId.New(DateTimeOffset.UtcNow), Cancel));

        Assert.Equal(CancelOutcome.Requested, await host.Jobs.CancelAsync(running, Cancel));
        var cancel = await agent.NextAsync<CancelAttempts>();
        Assert.Equal((order.Attempt, Verdict.Cancelled, agent.Epoch), (cancel.Attempts.Single(), cancel.Verdict, cancel.Epoch));

        // Should it be lost, or overtake its order: every renewal that still holds the attempt is told again.
        agent.Held.Add(order.Attempt);
        await agent.RenewAsync();
        Assert.Equal(order.Attempt, (await agent.NextAsync<CancelAttempts>()).Attempts.Single());
        await agent.ReportAsync(agent.Report(order, Verdict.Cancelled));
        var view = await host.EndAsync(running);
        Assert.Equal((Verdict.Cancelled, true), (view.Verdict, view.Receipt!.TotalNano > 0));
    }

    [Fact]
    public async Task One_key_gives_one_job_even_in_a_race_and_another_body_is_refused()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var agent = await host.AgentAsync();
        agent.OnOrder = order => agent.Report(order);
        Task<SubmitOutcome> Submit(byte hash) => host.Jobs.SubmitAsync("t1", [CoordinatorHost.Spec()], "key", [hash], Cancel);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Submit(1), Cancel)));
        var id = Assert.Single(outcomes.Select(outcome => Assert.IsType<SubmitOutcome.Accepted>(outcome).Jobs.Single()).Distinct());
        Assert.IsType<SubmitOutcome.KeyReused>(await Submit(2));
        await host.EndAsync(id);
        Assert.Single((await host.Jobs.ListAsync(new JobFilter(), null, 10, Cancel)).Jobs);
        // The room planned for the replays came back.
        var others = await host.SubmitAsync([.. Enumerable.Range(0, 8).Select(_ => CoordinatorHost.Spec())]);
        foreach (var other in others)
            await host.EndAsync(other);
    }

    [Fact]
    public async Task More_queued_jobs_than_the_quota_are_refused_all_or_none()
    {
        await using var host = await CoordinatorHost.StartAsync(options => options.MaxQueuedPerTenant = 3);
        await host.SubmitAsync([CoordinatorHost.Spec(), CoordinatorHost.Spec()]);
        var outcome = await host.Jobs.SubmitAsync("t1", [CoordinatorHost.Spec(), CoordinatorHost.Spec()], null, [], Cancel);
        var refused = Assert.IsType<SubmitOutcome.QuotaExceeded>(outcome);
        Assert.Equal((2L, 3L), (refused.Queued, refused.Limit));
        await host.SubmitAsync(CoordinatorHost.Spec());
        await host.SubmitAsync(CoordinatorHost.Spec("t2"));
        Assert.Equal(3, (await host.Jobs.ListAsync(new JobFilter(Tenant: "t1"), null, 10, Cancel)).Jobs.Count);
    }

    [Fact]
    public async Task A_submission_for_two_pools_is_served_by_both()
    {
        await using var host = await CoordinatorHost.StartAsync();
        foreach (var pool in new[] { "red", "blue" })
        {
            var agent = await host.AgentAsync(pool, pool: pool);
            agent.OnOrder = order => agent.Report(order);
        }

        var ids = await host.SubmitAsync([CoordinatorHost.Spec(pool: "red"), CoordinatorHost.Spec(pool: "blue")]);
        Assert.Equal(["red", "blue"], [(await host.EndAsync(ids[0])).Attempts[0].Agent, (await host.EndAsync(ids[1])).Attempts[0].Agent]);
    }
}
