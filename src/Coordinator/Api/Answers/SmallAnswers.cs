using System.ComponentModel;
using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>The jobs that are durable now.</summary>
internal sealed record SubmitAnswer(
    [property: Description("The job's id, where a single one was sent.")] string? Id,
    [property: Description("Every job's id, in the order they were sent.")] IReadOnlyList<JobIdAnswer> Jobs);

/// <summary>A job's id.</summary>
internal sealed record JobIdAnswer([property: Description("The job's id.")] string Id);

/// <summary>What became of a cancellation.</summary>
internal sealed record CancelAnswer(
    [property: Description("The job's id.")] string Id,
    [property: Description("Cancelled: it was queued and has ended. Requested: its agent was asked to end it. AlreadyEnded: it had ended before.")] CancelOutcome Outcome);

/// <summary>An event of a job.</summary>
internal sealed record JobEventAnswer(
    [property: Description("What happened.")] JobEventKind Kind,
    [property: Description("When.")] DateTimeOffset At,
    [property: Description("Which attempt; 0 before the first.")] int Attempt,
    [property: Description("With Placed: where.")] string? Agent,
    [property: Description("With step and output kinds: which step, from 0.")] int? StepIndex,
    [property: Description("With StepEnded and Ended; with Queued where an attempt was given up, that attempt's.")] Verdict? Verdict,
    [property: Description("With Stdout and Stderr: the place of the bytes in the stream.")] long? Offset,
    [property: Description("With Stdout and Stderr: the bytes, base64.")] byte[]? Data)
{
    public static JobEventAnswer Of(JobEvent e) => new(
        e.Kind, e.At, e.Attempt, e.Agent, e.StepIndex, e.Verdict == Corral.Shared.Jobs.Verdict.None ? null : e.Verdict, e.Data is null ? null : e.Offset, e.Data);
}

/// <summary>A stored blob.</summary>
internal sealed record BlobAnswer(
    [property: Description("Its name: sha256: and 64 hexadecimal digits.")] string Digest,
    [property: Description("Its length.")] long Bytes);

/// <summary>The agents.</summary>
internal sealed record AgentsAnswer([property: Description("Every agent that ever registered, by name.")] IReadOnlyList<AgentView> Agents);

/// <summary>Sums of the ledger.</summary>
internal sealed record UsageTotalsAnswer(
    [property: Description("Per tenant, over the jobs that ended in the period.")] IReadOnlyList<TenantUsage> Totals,
    [property: Description("The prices in force.")] RateCard RateCard);

/// <summary>A page of the ledger.</summary>
internal sealed record UsageRecordsAnswer(
    [property: Description("Oldest first: one for each step of each attempt that started.")] IReadOnlyList<UsageAnswer> Records,
    [property: Description("Give it as 'cursor' to get the next page; absent on the last.")] string? Next);

/// <summary>Whether the coordinator lives, or is ready.</summary>
internal sealed record HealthAnswer(
    [property: Description("ok, or unready.")] string Status,
    [property: Description("Every check.")] IReadOnlyList<ReadinessCheck> Checks);
