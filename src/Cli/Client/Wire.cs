using System.Text.Json;
using System.Text.Json.Serialization;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Cli.Client;

/// <summary>The parts of the API's answers that the commands show to people; <c>--json</c> passes the whole answer on.</summary>
internal static class Wire
{
    public static JobAnswer Job(JsonElement element) => element.Deserialize(WireJson.Default.JobAnswer) ?? throw new ApiException("the coordinator answered without a job.");

    public static ListAnswer List(JsonElement element) => element.Deserialize(WireJson.Default.ListAnswer) ?? throw new ApiException("the coordinator answered without a list of jobs.");

    public static IReadOnlyList<AgentAnswer> Agents(JsonElement element) => element.GetProperty("agents").Deserialize(WireJson.Default.IReadOnlyListAgentAnswer) ?? [];

    public static UsageTotalsAnswer Usage(JsonElement element) => element.Deserialize(WireJson.Default.UsageTotalsAnswer) ?? throw new ApiException("the coordinator answered without usage.");

    public static IReadOnlyList<string> Submitted(JsonElement element) => [.. element.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!)];
}

internal sealed record JobAnswer
{
    public required string Id { get; init; }
    public required string Tenant { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public required JobState State { get; init; }
    public Verdict? Verdict { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? QueueReason { get; init; }
    public IReadOnlyList<StepAnswer> Steps { get; init; } = [];
    public ReceiptAnswer? Receipt { get; init; }
}

internal sealed record StepAnswer
{
    public int Index { get; init; }
    public required string Name { get; init; }
    public StepState State { get; init; }
    public Verdict? Verdict { get; init; }
    public string? SkipReason { get; init; }
    public StepFacts Facts { get; init; } = new();
    public UsageAnswer? Usage { get; init; }
    public OutputAnswer? Stdout { get; init; }
    public OutputAnswer? Stderr { get; init; }
}

internal sealed record UsageAnswer(long CpuNs, long WallNs, long? MemoryPeakBytes, long? MemoryBaselineBytes, long? PidsPeak);

/// <param name="Text">The kept bytes where they are UTF-8 and short.</param>
/// <param name="Base64">The kept bytes where they are not.</param>
/// <param name="Blob">Where longer bytes are.</param>
internal sealed record OutputAnswer(string? Text, byte[]? Base64, string? Blob);

internal sealed record ReceiptAnswer(long TotalNano, long JobFeeNano, RateCardAnswer RateCard, IReadOnlyList<ReceiptLineAnswer> Lines);

internal sealed record RateCardAnswer(string Id, long PerCpuSecond, long PerGibSecond, long PerJob);

internal sealed record ReceiptLineAnswer(int StepIndex, int Attempt, bool Billable, long CpuNs, long WallNs, long ReservedMemoryBytes, decimal CpuNano, decimal MemoryNano);

internal sealed record ListAnswer(IReadOnlyList<SummaryAnswer> Jobs, string? Next);

internal sealed record SummaryAnswer
{
    public required string Id { get; init; }
    public required string Tenant { get; init; }
    public required JobState State { get; init; }
    public Verdict? Verdict { get; init; }
    public int StepCount { get; init; }
    public DateTimeOffset SubmittedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public long? ChargeNano { get; init; }
}

internal sealed record AgentAnswer(
    string Id, string Pool, bool Live, AgentCapacity Capacity, double ReservedCpus, long ReservedMemoryBytes, int Attempts, string Kernel, string CgroupMode);

internal sealed record UsageTotalsAnswer(IReadOnlyList<TenantUsageAnswer> Totals, RateCardAnswer? RateCard);

internal sealed record TenantUsageAnswer(string Tenant, long Jobs, long Steps, long BillableSteps, long CpuNs, decimal MemoryByteSeconds, long ChargeNano);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(IReadOnlyList<AgentAnswer>))]
[JsonSerializable(typeof(UsageTotalsAnswer))]
internal sealed partial class WireJson : JsonSerializerContext;
