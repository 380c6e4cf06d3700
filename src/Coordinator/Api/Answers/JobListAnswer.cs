using System.ComponentModel;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>A page of jobs, newest first.</summary>
internal sealed record JobListAnswer(
    [property: Description("The jobs, newest first.")] IReadOnlyList<JobSummaryAnswer> Jobs,
    [property: Description("Give it as 'cursor' to get the next page; absent on the last.")] string? Next);

/// <summary>A job in a list.</summary>
internal sealed record JobSummaryAnswer
{
    [Description("The job's id.")]
    public required string Id { get; init; }
    [Description("Who is billed.")]
    public required string Tenant { get; init; }
    [Description("Where it may run.")]
    public required string Pool { get; init; }
    [Description("Higher goes first.")]
    public required int Priority { get; init; }
    [Description("The caller's own marks.")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    [Description("Steps in the job.")]
    public required int StepCount { get; init; }
    [Description("Where it is now.")]
    public required JobState State { get; init; }
    [Description("Why it ended; present exactly where it has.")]
    public Verdict? Verdict { get; init; }
    [Description("The newest attempt's number; 0 before the first.")]
    public required int Attempt { get; init; }
    [Description("The newest attempt's agent.")]
    public string? Agent { get; init; }
    [Description("When it was acknowledged.")]
    public required DateTimeOffset SubmittedAt { get; init; }
    [Description("When it ended.")]
    public DateTimeOffset? EndedAt { get; init; }
    [Description("What it is billed, 10⁻⁹ units; absent before it has ended.")]
    public long? ChargeNano { get; init; }

    public static JobSummaryAnswer Of(JobSummary job) => new()
    {
        Id = job.Id.ToString(),
        Tenant = job.Tenant,
        Pool = job.Pool,
        Priority = job.Priority,
        Labels = job.Labels,
        StepCount = job.StepCount,
        State = job.State,
        Verdict = job.State == JobState.Ended ? job.Verdict : null,
        Attempt = job.Attempt,
        Agent = job.Agent,
        SubmittedAt = job.SubmittedAt,
        EndedAt = job.EndedAt,
        ChargeNano = job.ChargeNano,
    };
}
