using System.Globalization;
using Corral.Coordinator.Billing;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>The ledger as the API shows it.</summary>
internal sealed class Usage(ILedger ledger, IJobStore store, RateCard card) : IUsage
{
    public RateCard RateCard => card;

    public Task<IReadOnlyList<TenantUsage>> SumAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) =>
        ledger.SumAsync(tenant, from, to, cancellationToken);

    public async Task<UsagePage> RowsAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var after = 0L;
        if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            throw new FormatException("The cursor is not one that a page gave.");
        var rows = await ledger.RowsAsync(tenant, from, to, after, limit + 1, cancellationToken);
        var page = rows.Take(limit).Select(row => row.Row).ToList();
        return new UsagePage(page, rows.Count <= limit ? null : rows[limit - 1].Place.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<Receipt?> ReceiptAsync(JobId id, CancellationToken cancellationToken) => (await store.JobAsync(id, cancellationToken))?.Receipt;
}
