using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>
/// What the coordinator must not forget. A write that returns is durable; one that throws <see cref="StorageException"/> has acknowledged nothing, and its
/// outcome is unknown: read again. Writes take no cancellation token, because what was handed over is not taken back.
/// </summary>
internal interface IJobStore : IAsyncDisposable
{
    /// <summary>Opens the database and brings it to the newest schema.</summary>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Pools that have agents or jobs that have not ended.</summary>
    Task<IReadOnlyList<string>> PoolsAsync(CancellationToken cancellationToken);

    /// <summary>Takes the pool: its epoch rises, so that placements of an earlier holder are refused from here on. Shows what the pool then is.</summary>
    Task<PoolSnapshot> TakePoolAsync(string pool);

    /// <summary>Stores the jobs, all or none, those with a placement as placed where that still holds.</summary>
    Task<SubmitCommit> SubmitAsync(Submission submission);

    /// <summary>Places queued jobs. A job that changed meanwhile, or an agent whose epoch or room is gone, loses its placements; the others stand.</summary>
    Task<PlaceCommit> PlaceAsync(string pool, long poolEpoch, IReadOnlyList<Placement> placements, DateTimeOffset now);

    /// <summary>Marks attempts as running and notes their started steps, unless they have ended. Returns those that were not running before.</summary>
    Task<IReadOnlyList<StartCommit>> StartAsync(IReadOnlyList<AttemptStart> starts);

    /// <summary>Ends attempts: the attempt, its usage rows, the charge, the room on the agent and the events in one transaction. One outcome each, in order.</summary>
    Task<IReadOnlyList<EndCommit>> EndAsync(IReadOnlyList<AttemptEnding> endings, DateTimeOffset now);

    /// <summary>Ends a queued job, or notes that a placed one is to be ended.</summary>
    Task<CancelCommit> CancelAsync(JobId id, DateTimeOffset now);

    /// <summary>A process of the agent begins: its epoch rises and a lease starts. Says which attempts are the agent's.</summary>
    Task<AgentTerm> RegisterAsync(AgentStarted started, DateTimeOffset leaseUntil, DateTimeOffset now);

    /// <summary>Extends the lease; false where the epoch is not the agent's (any more).</summary>
    Task<bool> RenewAsync(string agent, long epoch, DateTimeOffset leaseUntil);

    /// <summary>Ends the lease: the epoch rises, so that it can be neither renewed nor placed on. False where the epoch was not the agent's, or the lease reaches beyond <paramref name="now"/>.</summary>
    Task<bool> ExpireAsync(string agent, long epoch, DateTimeOffset now);

    /// <summary>The agent's row; null where it never registered.</summary>
    Task<AgentView?> AgentAsync(string agent, CancellationToken cancellationToken);

    /// <summary>Every agent, by name.</summary>
    Task<IReadOnlyList<AgentView>> AgentsAsync(string? pool, CancellationToken cancellationToken);

    /// <summary>Those of the attempts that are not the agent's and were not reported by it: given up, or never placed there.</summary>
    Task<IReadOnlyList<AttemptId>> FencedAsync(string agent, IReadOnlyList<AttemptId> held, CancellationToken cancellationToken);

    /// <summary>Those of the jobs that are queued now.</summary>
    Task<IReadOnlyList<QueuedJob>> QueuedAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken);

    /// <summary>The specifications of jobs that exist.</summary>
    Task<IReadOnlyDictionary<JobId, JobSpec>> SpecsAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken);

    /// <summary>The job with its attempts and receipt; null where there is none.</summary>
    Task<JobView?> JobAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Jobs before <paramref name="before"/> in the order newest first.</summary>
    Task<IReadOnlyList<JobSummary>> JobsAsync(JobFilter filter, JobId? before, int limit, CancellationToken cancellationToken);

    /// <summary>The job's state and newest attempt; null where there is none.</summary>
    Task<JobHead?> HeadAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>The job's durable events with a greater number, in order.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(JobId id, long after, CancellationToken cancellationToken);

    /// <summary>How many jobs the tenant has queued and may have queued (null: the default).</summary>
    Task<(long Queued, long? MaxQueued)> TenantAsync(string tenant, CancellationToken cancellationToken);
}
