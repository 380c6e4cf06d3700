using Corral.Coordinator.Application;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;

namespace Corral.Storage.Tests;

/// <summary>Starts of attempts.</summary>
public abstract partial class JobStoreContract
{
    [Fact]
    public async Task The_start_is_told_once_whether_it_is_heard_of_before_the_end_or_with_it()
    {
        await using var store = await OpenAsync();
        var (silent, _, _) = await store.PlacedAsync();
        var (heard, agent, _) = await store.PlacedAsync();
        var start = new AttemptStart(new AttemptId(heard.Id, 1), agent.Id, [0], TestStore.Now);
        Assert.Equal(3, Assert.Single(await store.Jobs.StartAsync([start])).Version);

        var (ofSilent, ofHeard) = (await store.EndAsync(TestStore.Report(silent)), await store.EndAsync(TestStore.Report(heard)));

        Assert.Equal((4L, 4L), (ofSilent.Version, ofHeard.Version));
        Assert.Equal((TestStore.Report(silent).StartedAt, null), (ofSilent.StartedAt, ofHeard.StartedAt));
        Assert.NotNull(ofSilent.StartedAt);
        foreach (var job in new[] { silent, heard })
        {
            Assert.Equal(
                [JobEventKind.Queued, JobEventKind.Placed, JobEventKind.Started, JobEventKind.Ended],
                (await store.Jobs.EventsAsync(job.Id, 0, Cancel)).Select(happened => happened.Kind));
        }

        // Who takes the pool over knows which steps have run.
        var (open, _, _) = await store.PlacedAsync(steps: 3);
        await store.Jobs.StartAsync([new AttemptStart(new AttemptId(open.Id, 1), agent.Id, [0, 2], TestStore.Now)]);
        Assert.Equal([0, 2], Assert.Single((await store.Jobs.TakePoolAsync("default")).Open, found => found.Job.Id == open.Id).StartedSteps);

        // An attempt that is given back to the queue has started no less.
        var (lost, _, _) = await store.PlacedAsync();
        var requeued = await store.EndAsync(TestStore.GivenUp(lost) with { StartedAt = TestStore.Now });
        Assert.Equal((EndKind.Requeued, 4L, TestStore.Now), (requeued.Kind, requeued.Version, requeued.StartedAt));
        Assert.Equal(
            [JobEventKind.Queued, JobEventKind.Placed, JobEventKind.Started, JobEventKind.Queued],
            (await store.Jobs.EventsAsync(lost.Id, 0, Cancel)).Select(happened => happened.Kind));

        // Heard of too late: nothing is told again.
        Assert.Empty(await store.Jobs.StartAsync([start with { Attempt = new AttemptId(silent.Id, 1) }]));
    }
}
