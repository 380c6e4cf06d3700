using Corral.Coordinator.Application;

namespace Corral.Coordinator.Storage;

/// <summary>Reads of the ledger: usage rows and charges.</summary>
internal interface ILedger
{
    /// <summary>Sums per tenant, by name.</summary>
    Task<IReadOnlyList<TenantUsage>> SumAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken);

    /// <summary>Rows after <paramref name="after"/> (0 for all), oldest first, each with its place.</summary>
    Task<IReadOnlyList<(long Place, UsageRow Row)>> RowsAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, long after, int limit, CancellationToken cancellationToken);
}
