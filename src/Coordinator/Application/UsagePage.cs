using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>A page of ledger rows, oldest first.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record UsagePage(IReadOnlyList<UsageRow> Rows, string? Next);

/// <summary>A ledger row.</summary>
/// <param name="Usage">What was measured; all counters 0 or null where nothing was (a Lost row).</param>
/// <param name="Billable">Neither the step nor its attempt was Lost or broke by our fault (invariant I3).</param>
/// <param name="RecordedAt">When it was committed.</param>
internal sealed record UsageRow(UsageRecord Usage, bool Billable, DateTimeOffset RecordedAt);
