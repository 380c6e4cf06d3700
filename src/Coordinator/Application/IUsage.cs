using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>The usage ledger.</summary>
internal interface IUsage
{
    /// <summary>Sums per tenant over the jobs that ended in the period.</summary>
    /// <param name="tenant">Of this tenant; null for all.</param>
    /// <param name="from">From this moment; null for the beginning.</param>
    /// <param name="to">Before this moment; null for now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<TenantUsage>> SumAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken);

    /// <summary>Ledger rows, oldest first: one for each step of each attempt that started.</summary>
    /// <param name="tenant">Of this tenant; null for all.</param>
    /// <param name="from">Recorded from this moment; null for the beginning.</param>
    /// <param name="to">Recorded before this moment; null for now.</param>
    /// <param name="cursor">The previous page's <see cref="UsagePage.Next"/>; null for the first.</param>
    /// <param name="limit">1–1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<UsagePage> RowsAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>What a job is billed; null where there is no such job or it has not ended.</summary>
    Task<Receipt?> ReceiptAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>The prices in force.</summary>
    RateCard RateCard { get; }
}
