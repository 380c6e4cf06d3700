using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

/// <summary>The queue of one pool and the room of its agents; named by the pool.</summary>
[Alias("corral.pool")]
internal interface IPoolGrain : IGrainWithStringKey
{
    /// <summary>Activates the pool: it takes its epoch and goes on where the store says it was.</summary>
    Task WakeAsync();

    /// <summary>Stores jobs of this pool, placed in the same transaction where there is room. When it returns they are durable.</summary>
    Task<SubmitCommit> SubmitAsync(Submission submission);

    /// <summary>Takes in jobs that are stored already.</summary>
    Task EnqueueAsync(QueuedJobs jobs);

    /// <summary>Ends a queued job, or asks the agent of a placed one to end it.</summary>
    Task<CancelCommit> CancelAsync(JobId job);

    /// <summary>A process of the agent has a lease. Returns the held attempts that are not the agent's.</summary>
    Task<AttemptIds> AgentReadyAsync(AgentRow agent, AttemptIds held);

    /// <summary>The agent is alive and holds these. Orders that vanished are sent again. Returns the held attempts that are not the agent's.</summary>
    Task<AttemptIds> AgentHoldsAsync(string agent, long epoch, AttemptIds held);

    /// <summary>The agent's lease has passed: what it held is lost.</summary>
    Task AgentGoneAsync(string agent, string reason);

    /// <summary>Attempts have ended. When it returns, that is durable.</summary>
    Task ReportAsync([Immutable] AttemptReports reports);

    /// <summary>Attempts have started, steps have started and ended.</summary>
    Task ProgressAsync([Immutable] AttemptsProgressed progress);

    /// <summary>The job's grain wants to hear of the job, for as long as it asks again. Returns its open attempt, if it has one.</summary>
    Task<PlacedOn?> WatchAsync(JobId job, bool on);

    /// <summary>Why a queued job is not placed; null where it only waits for its turn.</summary>
    Task<string?> ExplainAsync(JobId job);
}

/// <summary>Jobs that wait.</summary>
/// <param name="Jobs">The jobs.</param>
[GenerateSerializer, Immutable, Alias("corral.queued-jobs")]
internal sealed record QueuedJobs(IReadOnlyList<QueuedJob> Jobs);

/// <summary>Attempts.</summary>
/// <param name="Attempts">The attempts.</param>
[GenerateSerializer, Immutable, Alias("corral.attempt-ids")]
internal sealed record AttemptIds(IReadOnlyList<AttemptId> Attempts)
{
    public static AttemptIds None { get; } = new([]);
}

/// <summary>Where an attempt is.</summary>
/// <param name="Attempt">Which.</param>
/// <param name="Agent">Its agent.</param>
/// <param name="AgentEpoch">The agent's epoch now.</param>
[GenerateSerializer, Immutable, Alias("corral.placed-on")]
internal sealed record PlacedOn(AttemptId Attempt, string Agent, long AgentEpoch);
