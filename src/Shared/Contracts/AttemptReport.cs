using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>How an attempt ended: durable in the agent's journal before it is sent.</summary>
/// <param name="Sequence">Its place in the agent's journal.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Verdict">That of the first step, in declared order, that is not Succeeded; else Succeeded.</param>
/// <param name="StartedAt">When its first step was handed to a sandbox; null where none was.</param>
/// <param name="EndedAt">When its last step was dead.</param>
/// <param name="Steps">Every step in declared order.</param>
/// <param name="Detail">With Lost and SandboxBroke: what happened.</param>
public sealed record AttemptReport(
    long Sequence, AttemptId Attempt, Verdict Verdict, DateTimeOffset? StartedAt, DateTimeOffset EndedAt,
    IReadOnlyList<StepResult> Steps, string? Detail = null);
