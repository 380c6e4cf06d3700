using Corral.Shared.Jobs;
using static Corral.Agent.KernelTests.Attempts.AgentFixture;

namespace Corral.Agent.KernelTests.Attempts;

public sealed class LeaseLossTests(AgentFixture agent) : IClassFixture<AgentFixture>
{
    [Fact]
    public async Task Without_renewals_what_runs_is_ended_as_lost_and_the_agent_comes_back_with_a_new_epoch()
    {
        // A lease that the running one is cut down to with the next renewal, and that nothing renews after that.
        agent.Coordinator.LeaseMs = 1000;
        var order = Order(Job(Shell("echo began; while :; do sleep 0.05; done", "a"), Shell("true", "b")));
        await agent.RestartAsync();
        await agent.Coordinator.OrderAsync(order);
        agent.Coordinator.Renews = false;

        var report = await agent.Coordinator.ReportAsync(order.Attempt);

        Assert.Equal((Verdict.Lost, Verdict.Lost, StepState.Skipped), (report.Verdict, report.Steps[0].Verdict, report.Steps[1].State));
        Assert.NotNull(report.Steps[0].Usage);
        agent.Coordinator.Renews = true;
        agent.Coordinator.LeaseMs = 60_000;
        await agent.RestartAsync();
        Assert.Equal(Verdict.Succeeded, (await agent.RunAsync(Shell("true"))).Verdict);
    }
}
