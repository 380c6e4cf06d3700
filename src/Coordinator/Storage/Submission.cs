using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>Jobs of one tenant to be stored, all or none.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Jobs">One or many.</param>
/// <param name="DefaultMaxQueued">The most jobs the tenant may have queued where its row does not say.</param>
/// <param name="Now">When they count as submitted.</param>
/// <param name="Key">The idempotency key, if any.</param>
/// <param name="Placements">Placements to commit with them, if any.</param>
[GenerateSerializer, Immutable, Alias("corral.submission")]
internal sealed record Submission(
    string Tenant, IReadOnlyList<NewJob> Jobs, long DefaultMaxQueued, DateTimeOffset Now, SubmissionKey? Key = null, FirstPlacements? Placements = null);

/// <summary>A job to be stored.</summary>
/// <param name="Id">Its id, which sorts after those of earlier submissions.</param>
/// <param name="Spec">What to run.</param>
/// <param name="SpecJson">The same as it is kept.</param>
/// <param name="Demand">What an attempt takes.</param>
[GenerateSerializer, Immutable, Alias("corral.new-job")]
internal sealed record NewJob(JobId Id, JobSpec Spec, byte[] SpecJson, Demand Demand)
{
    public static NewJob Of(JobId id, JobSpec spec) => new(id, spec, StoredJson.Write(spec), Demand.Of(spec));
}

/// <summary>An idempotency key.</summary>
/// <param name="Key">The caller's text.</param>
/// <param name="RequestHash">SHA-256 of the request.</param>
/// <param name="ExpiresAt">When it is forgotten.</param>
[GenerateSerializer, Immutable, Alias("corral.submission-key")]
internal sealed record SubmissionKey(string Key, byte[] RequestHash, DateTimeOffset ExpiresAt);

/// <summary>Placements that go into the same transaction as the jobs.</summary>
/// <param name="Pool">The pool of all the jobs.</param>
/// <param name="PoolEpoch">The epoch that must still stand.</param>
/// <param name="Placements">At most one a job.</param>
[GenerateSerializer, Immutable, Alias("corral.first-placements")]
internal sealed record FirstPlacements(string Pool, long PoolEpoch, IReadOnlyList<Placement> Placements);

/// <summary>What became of a submission.</summary>
/// <param name="Outcome">For the caller.</param>
/// <param name="Placed">The placements that stand; null where the pool's epoch did not: then nothing was stored.</param>
[GenerateSerializer, Immutable, Alias("corral.submit-commit")]
internal sealed record SubmitCommit(SubmitOutcome Outcome, IReadOnlySet<JobId>? Placed);
