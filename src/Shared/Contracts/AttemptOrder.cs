using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>One attempt to run.</summary>
/// <param name="Attempt">The job and the fencing number.</param>
/// <param name="Spec">What to run, validated.</param>
/// <param name="SubmittedAt">When the job was acknowledged; the queue wait counts from here.</param>
public sealed record AttemptOrder(AttemptId Attempt, JobSpec Spec, DateTimeOffset SubmittedAt);
