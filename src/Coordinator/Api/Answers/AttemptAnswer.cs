using System.ComponentModel;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>One try of a job as the API shows it.</summary>
internal sealed record AttemptAnswer
{
    [Description("1 for the first.")]
    public required int Number { get; init; }
    [Description("Where it was placed.")]
    public required string Agent { get; init; }
    [Description("Placed, Running or Ended.")]
    public required JobState State { get; init; }
    [Description("When the placement was committed.")]
    public required DateTimeOffset PlacedAt { get; init; }
    [Description("When its first step was handed to a sandbox.")]
    public DateTimeOffset? StartedAt { get; init; }
    [Description("When its last step was dead, or it was given up.")]
    public DateTimeOffset? EndedAt { get; init; }
    [Description("Why it ended; present exactly where it has.")]
    public Verdict? Verdict { get; init; }
    [Description("With Lost and SandboxBroke: what happened.")]
    public string? Detail { get; init; }

    public static AttemptAnswer Of(AttemptView view) => new()
    {
        Number = view.Number,
        Agent = view.Agent,
        State = view.State,
        PlacedAt = view.PlacedAt,
        StartedAt = view.StartedAt,
        EndedAt = view.EndedAt,
        Verdict = view.State == JobState.Ended ? view.Verdict : null,
        Detail = view.Detail,
    };
}
