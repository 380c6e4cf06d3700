using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class JobLifeTests
{
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
        var sum = Assert.Single(await host.Get<IUsage>().SumAsync(null, null, null, TestContext.Current.CancellationToken));
        Assert.Equal(("t1", 1L, 1L, view.Receipt.TotalNano), (sum.Tenant, sum.Jobs, sum.BillableSteps, sum.ChargeNano));
    }

    [Fact]
    public async Task A_job_that_comes_before_its_agent_waits_and_says_why()
    {
        await using var host = await CoordinatorHost.StartAsync();
        var id = await host.SubmitAsync(CoordinatorHost.Spec());
        var queued = await host.Jobs.GetAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal(JobState.Queued, queued!.State);
        Assert.Contains("No agent of pool 'default' is alive", queued.QueueReason, StringComparison.Ordinal);

        var agent = await host.AgentAsync(start: false);
        agent.OnOrder = order => agent.Report(order);
        await agent.StartAsync();
        Assert.Equal(Verdict.Succeeded, (await host.EndAsync(id)).Verdict);
    }
}
