using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>One attempt of a job as it is at one moment.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Agent">Where it was placed.</param>
/// <param name="State">Placed, Running or Ended.</param>
/// <param name="PlacedAt">When the placement was committed.</param>
/// <param name="StartedAt">When its first step was handed to a sandbox.</param>
/// <param name="EndedAt">When its last step was dead, or it was given up.</param>
/// <param name="Verdict">Set exactly where it has ended.</param>
/// <param name="Detail">With Lost and SandboxBroke: what happened.</param>
/// <param name="Steps">Every step in declared order, once it has reported.</param>
internal sealed record AttemptView(
    int Number, string Agent, JobState State, DateTimeOffset PlacedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    Verdict Verdict, string? Detail, IReadOnlyList<StepResult> Steps);
