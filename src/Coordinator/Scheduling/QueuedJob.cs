using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>What the scheduler knows of a job that waits. Its id sorts by submission.</summary>
/// <param name="Id">The job.</param>
/// <param name="Tenant">Who is billed.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Demand">What an attempt takes.</param>
/// <param name="Attempt">The newest attempt's number; 0 before the first.</param>
/// <param name="MaxAttempts">How often it is tried.</param>
/// <param name="Version">The version that a placement requires.</param>
/// <param name="SubmittedAt">When it was acknowledged.</param>
[GenerateSerializer, Immutable, Alias("corral.queued-job")]
internal sealed record QueuedJob(JobId Id, string Tenant, int Priority, Demand Demand, int Attempt, int MaxAttempts, long Version, DateTimeOffset SubmittedAt);
