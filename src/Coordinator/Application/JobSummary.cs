using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>A job in a list.</summary>
/// <param name="Id">The job.</param>
/// <param name="Tenant">Who is billed.</param>
/// <param name="Pool">Where it may run.</param>
/// <param name="Priority">Higher goes first.</param>
/// <param name="Labels">The caller's marks.</param>
/// <param name="StepCount">Steps in the job.</param>
/// <param name="State">Where it is now.</param>
/// <param name="Verdict">Set exactly where it has ended.</param>
/// <param name="Attempt">The newest attempt's number; 0 before the first.</param>
/// <param name="Agent">The newest attempt's agent.</param>
/// <param name="SubmittedAt">When it was acknowledged.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="ChargeNano">What it is billed, 10⁻⁹ units; null before it has ended.</param>
internal sealed record JobSummary(
    JobId Id, string Tenant, string Pool, int Priority, IReadOnlyDictionary<string, string> Labels, int StepCount, JobState State, Verdict Verdict,
    int Attempt, string? Agent, DateTimeOffset SubmittedAt, DateTimeOffset? EndedAt, long? ChargeNano);
