using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>One thing that happened within an attempt.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Kind">What happened.</param>
/// <param name="StepIndex">The step it is about, from 0.</param>
/// <param name="At">When.</param>
/// <param name="Verdict">With StepEnded.</param>
/// <param name="Offset">With Stdout and Stderr: the place of <paramref name="Data"/> in the stream.</param>
/// <param name="Data">With Stdout and Stderr: the bytes.</param>
public sealed record AttemptProgress(
    AttemptId Attempt, ProgressKind Kind, int StepIndex, DateTimeOffset At,
    Verdict Verdict = Verdict.None, long Offset = 0, byte[]? Data = null);
