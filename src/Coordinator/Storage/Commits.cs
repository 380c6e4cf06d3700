using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>What became of a batch of placements.</summary>
/// <param name="EpochHeld">False: another activation has taken the pool; nothing was placed.</param>
/// <param name="Placed">The jobs whose placement stands.</param>
internal sealed record PlaceCommit(bool EpochHeld, IReadOnlySet<JobId> Placed);

/// <summary>An attempt whose first step was handed to a sandbox.</summary>
/// <param name="Attempt">Which.</param>
/// <param name="Agent">Who says so.</param>
/// <param name="Steps">All its steps that have started so far, from 0.</param>
/// <param name="At">When.</param>
internal sealed record AttemptStart(AttemptId Attempt, string Agent, IReadOnlyCollection<int> Steps, DateTimeOffset At);

/// <summary>An attempt that is running now and was not before.</summary>
/// <param name="Attempt">Which.</param>
/// <param name="Version">The job's version now.</param>
internal readonly record struct StartCommit(AttemptId Attempt, long Version);

/// <summary>How an attempt ended: as its agent reported, or given up.</summary>
/// <param name="Attempt">Which.</param>
/// <param name="Agent">Its agent.</param>
/// <param name="Verdict">Why it ended.</param>
/// <param name="EndedAt">When.</param>
/// <param name="Sequence">The report's place in the agent's journal; null where the coordinator gives it up.</param>
/// <param name="StartedAt">When its first step started, if any did.</param>
/// <param name="Steps">Every step in declared order; empty where it is given up.</param>
/// <param name="Detail">With Lost and SandboxBroke: what happened.</param>
internal sealed record AttemptEnding(
    AttemptId Attempt, string Agent, Verdict Verdict, DateTimeOffset EndedAt, long? Sequence = null, DateTimeOffset? StartedAt = null,
    IReadOnlyList<StepResult>? Steps = null, string? Detail = null);

/// <summary>What became of an ending.</summary>
/// <param name="Kind">See there.</param>
/// <param name="Version">With Ended and Requeued: the job's version now.</param>
/// <param name="Verdict">With Ended: the job's verdict.</param>
/// <param name="StartedAt">When the attempt started, where its end is the first that was heard of it: the event before <paramref name="Version"/>.</param>
internal readonly record struct EndCommit(EndKind Kind, long Version = 0, Verdict Verdict = Verdict.None, DateTimeOffset? StartedAt = null);

/// <summary>What an ending did.</summary>
internal enum EndKind
{
    /// <summary>Never returned.</summary>
    None = 0,
    /// <summary>The job has ended with it.</summary>
    Ended = 1,
    /// <summary>The job waits for another attempt.</summary>
    Requeued = 2,
    /// <summary>The attempt was fenced (or never was): kept as evidence, not billed.</summary>
    Late = 3,
    /// <summary>The report was committed before.</summary>
    Repeated = 4,
}

/// <summary>What became of a cancellation.</summary>
/// <param name="Outcome">For the caller.</param>
/// <param name="Pool">The job's pool.</param>
/// <param name="Attempt">With Requested: the attempt to end.</param>
/// <param name="Agent">With Requested: where it is.</param>
[GenerateSerializer, Immutable, Alias("corral.cancel-commit")]
internal sealed record CancelCommit(Application.CancelOutcome Outcome, string Pool = "", AttemptId Attempt = default, string Agent = "");

/// <summary>The beginning of an agent's lease.</summary>
/// <param name="Epoch">Greater than every earlier epoch of the agent.</param>
/// <param name="PreviousPool">The pool it served before, where that was another.</param>
/// <param name="Row">The agent as it is now.</param>
internal sealed record AgentTerm(long Epoch, string? PreviousPool, AgentRow Row);

/// <summary>A job in short.</summary>
/// <param name="State">Where it is now.</param>
/// <param name="Version">Rises with every change.</param>
/// <param name="Pool">Its pool.</param>
/// <param name="Attempt">The newest attempt's number; 0 before the first.</param>
/// <param name="Agent">The newest attempt's agent.</param>
/// <param name="StepCount">Steps in the job.</param>
internal sealed record JobHead(JobState State, long Version, string Pool, int Attempt, string? Agent, int StepCount);
