using System.ComponentModel;
using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>A job as the API shows it.</summary>
internal sealed record JobAnswer
{
    [Description("The job's id, a version-7 UUID: ids sort by the time they were made.")]
    public required string Id { get; init; }
    [Description("Who is billed.")]
    public required string Tenant { get; init; }
    [Description("The set of agents that may run it.")]
    public required string Pool { get; init; }
    [Description("Higher goes first within the pool.")]
    public required int Priority { get; init; }
    [Description("The caller's own marks.")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    [Description("Where the job is now.")]
    public required JobState State { get; init; }
    [Description("Why it ended; present exactly where it has.")]
    public Verdict? Verdict { get; init; }
    [Description("Rises with every change; the id of the newest durable event.")]
    public required long Version { get; init; }
    [Description("When it was acknowledged.")]
    public required DateTimeOffset SubmittedAt { get; init; }
    [Description("When it ended.")]
    public DateTimeOffset? EndedAt { get; init; }
    [Description("While Queued: why it is not placed, where there is more to say than that others go first.")]
    public string? QueueReason { get; init; }
    [Description("Somebody asked to end it.")]
    public bool CancelRequested { get; init; }
    [Description("The steps of the newest attempt that has reported, in declared order; empty before.")]
    public required IReadOnlyList<StepAnswer> Steps { get; init; }
    [Description("Every attempt, by number.")]
    public required IReadOnlyList<AttemptAnswer> Attempts { get; init; }
    [Description("What the job is billed and why; present where it has ended.")]
    public Receipt? Receipt { get; init; }
    [Description("What was submitted, every default spelled out; not in the answer of a wait.")]
    public JobSpec? Spec { get; init; }

    public static JobAnswer Of(JobView view, bool withSpec) => new()
    {
        Id = view.Id.ToString(),
        Tenant = view.Spec.Tenant,
        Pool = view.Spec.Pool,
        Priority = view.Spec.Priority,
        Labels = view.Spec.Labels,
        State = view.State,
        Verdict = view.State == JobState.Ended ? view.Verdict : null,
        Version = view.Version,
        SubmittedAt = view.SubmittedAt,
        EndedAt = view.EndedAt,
        QueueReason = view.QueueReason,
        CancelRequested = view.CancelRequested,
        Steps = [.. view.Steps.Select(StepAnswer.Of)],
        Attempts = [.. view.Attempts.Select(AttemptAnswer.Of)],
        Receipt = view.Receipt,
        Spec = withSpec ? view.Spec : null,
    };
}
