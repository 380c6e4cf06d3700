using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>What became of a submission.</summary>
[GenerateSerializer, Immutable, Alias("corral.submit-outcome")]
internal abstract record SubmitOutcome
{
    private SubmitOutcome()
    {
    }

    /// <summary>The jobs are durable.</summary>
    /// <param name="Jobs">Their ids, in the order of the specs.</param>
    /// <param name="SubmittedAt">When they were acknowledged.</param>
    /// <param name="Replayed">An earlier request with this key got this answer.</param>
    [GenerateSerializer, Immutable, Alias("corral.submit-accepted")]
    public sealed record Accepted(IReadOnlyList<JobId> Jobs, DateTimeOffset SubmittedAt, bool Replayed) : SubmitOutcome;

    /// <summary>The idempotency key was used with another body in the last 24 hours: HTTP 422.</summary>
    [GenerateSerializer, Immutable, Alias("corral.submit-key-reused")]
    public sealed record KeyReused : SubmitOutcome;

    /// <summary>The tenant would have more jobs queued than it may: HTTP 429.</summary>
    /// <param name="Queued">Jobs queued now.</param>
    /// <param name="Limit">The most it may have queued.</param>
    /// <param name="RetryAfter">When to try again.</param>
    [GenerateSerializer, Immutable, Alias("corral.submit-quota-exceeded")]
    public sealed record QuotaExceeded(long Queued, long Limit, TimeSpan RetryAfter) : SubmitOutcome;
}
