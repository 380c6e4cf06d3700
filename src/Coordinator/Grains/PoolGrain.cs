// Theory of operation. The book is the pool in memory; the store is the truth. Every method changes the book in one turn without awaiting, hands its write to
// group commit, and goes on in a later turn when that is durable; so all methods interleave ([Reentrant]), and none sees another's half-made change.
// Orders leave only after their placement is durable. An end gives its room back at once, so that the placements which use it join the same transaction.
// Whenever a write fails, or the epoch is gone, memory and store may differ: the grain forgets everything and deactivates, and the next activation reads again.
using Corral.Coordinator.Application;
using Corral.Coordinator.Messaging;
using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Grains;

/// <summary>Plans one pool whenever something changes.</summary>
[Reentrant]
internal sealed partial class PoolGrain(
    IJobStore store, IAgentBus bus, TimeProvider clock, IOptions<CoordinatorOptions> options, ILogger<PoolGrain> logger) : Grain, IPoolGrain
{
    private readonly PoolBook _book = new();
    private readonly SpecCache _specs = new(store);
    private readonly HashSet<JobId> _watched = [];
    private readonly HashSet<Task> _running = [];
    private string _pool = "";
    private long _epoch;
    private bool _abandoned;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _pool = this.GetPrimaryKeyString();
        var snapshot = await store.TakePoolAsync(_pool);
        _epoch = snapshot.Epoch;
        foreach (var agent in snapshot.Agents.Where(agent => agent.Live))
            _book.SetAgent(agent.Id, agent.Epoch, agent.Capacity, agent.MaxAttempts);
        foreach (var job in snapshot.Queued)
            _book.Queue.Add(job);
        foreach (var open in snapshot.Open)
            Restore(open);
        Log.Taken(logger, _pool, _epoch, snapshot.Queued.Count, snapshot.Open.Count, snapshot.Agents.Count);

        // Not awaited: an agent's grain may be waiting for this activation.
        foreach (var agent in snapshot.Agents.Where(agent => agent.Live))
            Track(GrainFactory.GetGrain<IAgentGrain>(agent.Id).WakeAsync());
        foreach (var agent in snapshot.Open.Select(open => open.Agent).Distinct().Where(agent => _book.Agent(agent) is null).ToList())
            Track(GiveUpAsync([.. _book.PlacedOn(agent)], $"The lease of agent '{agent}' has passed."));
        Plan();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        while (_running.Count > 0)
            await Task.WhenAny(_running);
    }

    public Task WakeAsync() => Task.CompletedTask;

    public async Task<SubmitCommit> SubmitAsync(Submission submission)
    {
        var jobs = submission.Jobs.ToDictionary(job => job.Id, job => new QueuedJob(
            job.Id, submission.Tenant, job.Spec.Priority, job.Demand, 0, job.Spec.MaxAttempts, 1, submission.Now));
        var placements = _book.PlanNew(jobs.Values);
        foreach (var job in submission.Jobs)
            _specs.Keep(job.Id, job.Spec);

        var commit = await Stored(() => store.SubmitAsync(submission with { Placements = new FirstPlacements(_pool, _epoch, placements) }));
        if (commit.Placed is null)
        {
            Abandon("another activation has taken the pool");
            return commit;
        }

        var stored = commit.Outcome is SubmitOutcome.Accepted { Replayed: false };
        foreach (var placement in placements)
        {
            if (commit.Placed.Contains(placement.Job.Id))
                jobs.Remove(placement.Job.Id);
            else if (stored)
                Refused(placement);
            else
                _book.Forget(_book.Placed(placement.Attempt)!);
        }

        foreach (var job in jobs.Values)
        {
            if (stored)
                _book.Queue.Add(job);
            else
                _specs.Forget(job.Id);
        }

        Order(Committed(placements, commit.Placed, submission.Now));
        Plan();
        return commit;
    }

    public Task EnqueueAsync(QueuedJobs jobs)
    {
        foreach (var job in jobs.Jobs)
        {
            if (_book.Placed(job.Id) is null)
                _book.Queue.Add(job);
        }

        Plan();
        return Task.CompletedTask;
    }

    public async Task<CancelCommit> CancelAsync(JobId job)
    {
        var commit = await Stored(() => store.CancelAsync(job, clock.GetUtcNow()));
        if (commit.Outcome == CancelOutcome.Cancelled)
        {
            _book.Queue.Remove(job);
            _specs.Forget(job);
            await TellNewestAsync(job);
        }
        else if (commit.Outcome == CancelOutcome.Requested)
        {
            if (_book.Placed(job) is { } placed)
                placed.CancelRequested = true;
            if (_book.Agent(commit.Agent) is { Live: true } agent)
                await bus.SendAsync(agent.Id, new CancelAttempts(agent.Id, agent.Epoch, [commit.Attempt], Verdict.Cancelled));
            await TellNewestAsync(job);
        }

        return commit;
    }

    public Task<PlacedOn?> WatchAsync(JobId job, bool on)
    {
        if (on)
            _watched.Add(job);
        else
            _watched.Remove(job);
        return Task.FromResult(Where(job));
    }

    public Task<string?> ExplainAsync(JobId job) =>
        Task.FromResult(_book.Queue.Find(job) is { } queued ? Planner.Explain(queued.Demand, _pool, _book.Agents) : null);

    /// <summary>Places what fits. Called at the end of every turn that changed the queue or the room.</summary>
    private void Plan()
    {
        if (_abandoned)
            return;
        var placements = _book.Plan();
        if (placements.Count > 0)
            Track(PlaceAsync(placements));
    }

    private async Task PlaceAsync(List<Placement> placements)
    {
        var now = clock.GetUtcNow();
        var commit = await Stored(() => store.PlaceAsync(_pool, _epoch, placements, now));
        if (!commit.EpochHeld)
        {
            Abandon("another activation has taken the pool");
            return;
        }

        var refused = placements.Where(placement => !commit.Placed.Contains(placement.Job.Id)).ToList();
        foreach (var placement in refused)
            Refused(placement);
        Order(Committed(placements, commit.Placed, now));
        if (refused.Count == 0)
            return;

        // Losers are read again: cancelled meanwhile, or still queued because the agent refused.
        foreach (var job in await Stored(() => store.QueuedAsync([.. refused.Select(placement => placement.Job.Id)], CancellationToken.None)))
            _book.Queue.Add(job);
        Plan();
    }

    /// <summary>The store refused: the agent's epoch or room is not what the book says. It gets no more until it is heard of again.</summary>
    private void Refused(Placement placement)
    {
        if (_book.Placed(placement.Attempt) is { } placed)
            _book.Forget(placed);
        if (_book.Agent(placement.Agent) is { } agent && agent.Epoch == placement.AgentEpoch)
            agent.Live = false;
    }

    private List<PlacedAttempt> Committed(List<Placement> placements, IReadOnlySet<JobId> stand, DateTimeOffset now)
    {
        var committed = new List<PlacedAttempt>(stand.Count);
        foreach (var placement in placements)
        {
            if (!stand.Contains(placement.Job.Id) || _book.Placed(placement.Attempt) is not { } placed)
                continue;
            placed.Committed = true;
            committed.Add(placed);
            if (_watched.Contains(placement.Job.Id))
                Tell(placement.Job.Id, new JobEvent(placement.Job.Version + 1, JobEventKind.Placed, now, placement.Attempt.Number, placement.Agent));
        }

        return committed;
    }

    private void Restore(OpenAttempt open)
    {
        // The row shows the attempt that the placement made; the placement was of the job before it.
        var job = open.Job with { Attempt = open.Attempt.Number - 1 };
        var placed = _book.Restore(new Placement(job, open.Agent, open.AgentEpoch));
        placed.Running = open.Running;
        foreach (var step in open.StartedSteps)
            placed.StepStarted(step);
        placed.CancelRequested = open.CancelRequested;
        placed.OrderedAt = clock.GetTimestamp();
    }

    private PlacedOn? Where(JobId job) =>
        _book.Placed(job) is { Committed: true } placed && _book.Agent(placed.Agent) is { } agent ? new PlacedOn(placed.Attempt, placed.Agent, agent.Epoch) : null;

    /// <summary>Awaits a write or read of the store; if it fails, what this activation remembers can no longer be trusted.</summary>
    private async Task<T> Stored<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e)
        {
            Abandon(e.Message);
            throw;
        }
    }

    private void Abandon(string reason)
    {
        if (_abandoned)
            return;
        _abandoned = true;
        Log.Abandoned(logger, _pool, _epoch, reason);
        DeactivateOnIdle();
    }

    /// <summary>Work that no caller waits for is awaited before the grain goes.</summary>
    private void Track(Task work)
    {
        if (work.IsCompletedSuccessfully)
            return;
        _running.Add(work);
        _ = Finish(work);

        async Task Finish(Task task)
        {
            try
            {
                await task;
            }
            catch (Exception e)
            {
                Log.WorkFailed(logger, e, _pool);
            }

            _running.Remove(task);
        }
    }
}
