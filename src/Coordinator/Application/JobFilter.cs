using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>Which jobs; what is null does not count.</summary>
/// <param name="Tenant">Of this tenant.</param>
/// <param name="State">In this state.</param>
/// <param name="Verdict">Ended with this verdict.</param>
/// <param name="Label">With this label, key and value.</param>
/// <param name="Pool">In this pool.</param>
/// <param name="From">Submitted at or after.</param>
/// <param name="To">Submitted before.</param>
internal sealed record JobFilter(
    string? Tenant = null, JobState? State = null, Verdict? Verdict = null, KeyValuePair<string, string>? Label = null,
    string? Pool = null, DateTimeOffset? From = null, DateTimeOffset? To = null);
