using Corral.Coordinator.Application;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class RestartTests : IDisposable
{
    private readonly string _state = CoordinatorHost.NewState();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task After_a_restart_held_attempts_go_on_unknown_orders_are_sent_again_and_the_queue_is_served()
    {
        IReadOnlyList<JobId> ids;
        AttemptOrder held;
        await using (var host = await CoordinatorHost.StartAsync(state: _state))
        {
            var agent = await host.AgentAsync(cpus: 2);
            ids = await host.SubmitAsync([.. Enumerable.Range(0, 4).Select(_ => CoordinatorHost.Spec())]);
            held = (await agent.NextAsync<StartAttempts>()).Orders[0];
        }

        await using (var host = await CoordinatorHost.StartAsync(state: _state))
        {
            var agent = await host.AgentAsync(start: false);
            agent.Held.Add(held.Attempt);
            agent.OnOrder = order => agent.Report(order);
            await agent.StartAsync(cpus: 2);
            await agent.ReportAsync(agent.Report(held));
            foreach (var id in ids)
            {
                var view = await host.EndAsync(id);
                Assert.Equal((Verdict.Succeeded, 1), (view.Verdict, view.Attempts.Count));
            }

            Assert.Equal(0, (await host.Store.AgentAsync("a1", Cancel))!.ReservedCpus);
        }
    }

    [Fact]
    public async Task A_cancel_that_was_asked_for_before_a_restart_is_told_again()
    {
        AttemptOrder held;
        await using (var host = await CoordinatorHost.StartAsync(state: _state))
        {
            var agent = await host.AgentAsync();
            var id = await host.SubmitAsync(CoordinatorHost.Spec());
            held = await agent.NextOrderAsync();
            Assert.Equal(CancelOutcome.Requested, await host.Jobs.CancelAsync(id, Cancel));
        }

        await using (var host = await CoordinatorHost.StartAsync(state: _state))
        {
            var agent = await host.AgentAsync(start: false);
            agent.Held.Add(held.Attempt);
            await agent.StartAsync();
            Assert.Equal(held.Attempt, (await agent.NextAsync<CancelAttempts>()).Attempts.Single());
            await agent.ReportAsync(agent.Report(held, Verdict.Cancelled));
            Assert.Equal(Verdict.Cancelled, (await host.EndAsync(held.Attempt.Job)).Verdict);
        }
    }

    [Fact]
    public async Task What_an_agent_held_that_never_comes_back_is_lost_a_lease_and_margin_after_the_restart()
    {
        JobId id;
        await using (var host = await CoordinatorHost.StartAsync(state: _state))
        {
            var agent = await host.AgentAsync("gone");
            id = await host.SubmitAsync(CoordinatorHost.Spec());
            await agent.NextOrderAsync();
        }

        var clock = new ManualClock();
        clock.Advance(DateTimeOffset.UtcNow - clock.GetUtcNow() + TimeSpan.FromHours(1));
        await using (var host = await CoordinatorHost.StartAsync(state: _state, clock: clock))
        {
            var agent = await host.AgentAsync("alive");
            clock.Advance(TimeSpan.FromSeconds(5));
            await agent.RenewAsync();
            await agent.NextAsync<LeaseRenewed>();
            Assert.False(agent.Has<StartAttempts>());
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(new AttemptId(id, 2), (await agent.NextOrderAsync()).Attempt);
        }
    }

    [Fact]
    public async Task A_pool_that_another_activation_took_goes_on_without_placing_anything_twice()
    {
        await using var host = await CoordinatorHost.StartAsync(state: _state);
        var agent = await host.AgentAsync(cpus: 1);
        var running = await host.SubmitAsync(CoordinatorHost.Spec());
        var order = await agent.NextOrderAsync();
        agent.Held.Add(order.Attempt);
        var waiting = await host.SubmitAsync(CoordinatorHost.Spec());

        await host.Store.TakePoolAsync("default");
        agent.OnOrder = next => agent.Report(next);
        await agent.ReportAsync(agent.Report(order));
        var later = await host.SubmitAsync(CoordinatorHost.Spec());

        foreach (var id in new[] { running, waiting, later })
            Assert.Equal((Verdict.Succeeded, 1), (await host.EndAsync(id) is var view ? (view.Verdict, view.Attempts.Count) : default));
    }

    [Fact]
    public async Task A_full_disk_acknowledges_nothing_and_the_pool_goes_on_when_there_is_room()
    {
        await using var host = await CoordinatorHost.StartAsync(state: _state);
        var agent = await host.AgentAsync();
        agent.OnOrder = order => agent.Report(order);
        await host.EndAsync(await host.SubmitAsync(CoordinatorHost.Spec()));
        await host.Store.AskWriterAsync("PRAGMA max_page_count = 1");
        var spec = CoordinatorHost.Spec() with { Labels = new Dictionary<string, string> { ["fill"] = new string('x', 300_000) } };
        var error = await Assert.ThrowsAsync<StorageException>(() => host.SubmitAsync(spec));
        Assert.Equal(StorageFault.Full, error.Fault);

        await host.Store.AskWriterAsync("PRAGMA max_page_count = 1000000");
        Assert.Equal(Verdict.Succeeded, (await host.EndAsync(await host.SubmitAsync(spec))).Verdict);
        Assert.Equal(2, (await host.Jobs.ListAsync(new(), null, 10, Cancel)).Jobs.Count);
    }
}
