using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>A job as it is at one moment.</summary>
internal sealed record JobView
{
    public required JobId Id { get; init; }
    public required JobSpec Spec { get; init; }
    public required JobState State { get; init; }
    /// <summary>Rises with every change; the id of the newest durable event.</summary>
    public required long Version { get; init; }
    public required DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>Set exactly where the state is Ended.</summary>
    public Verdict Verdict { get; init; }
    /// <summary>While Queued: why it is not placed, where there is more to say than that others go first.</summary>
    public string? QueueReason { get; init; }
    public bool CancelRequested { get; init; }
    /// <summary>Every attempt, by number.</summary>
    public IReadOnlyList<AttemptView> Attempts { get; init; } = [];
    /// <summary>The steps of the newest attempt that has reported, in declared order; empty before.</summary>
    public IReadOnlyList<StepResult> Steps => Attempts.Count == 0 ? [] : Attempts[^1].Steps;
    /// <summary>What the job is billed; set where it has ended.</summary>
    public Receipt? Receipt { get; init; }
}
