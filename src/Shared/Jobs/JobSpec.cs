namespace Corral.Shared.Jobs;

/// <summary>What a caller wants run: validated, with every default filled in.</summary>
public sealed record JobSpec
{
    /// <summary>Who is billed: 1–64 of <c>a-z 0-9 - _ .</c>, first a letter or digit.</summary>
    public required string Tenant { get; init; }
    /// <summary>The set of agents that may run it, same form as the tenant; default <c>default</c>.</summary>
    public string Pool { get; init; } = "default";
    /// <summary>Higher goes first within the pool: −1000–1000, default 0.</summary>
    public int Priority { get; init; }
    /// <summary>The caller's own marks, at most 32: key 1–63 and value 0–255 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    /// <summary>Start the remaining steps not at all once one is not Succeeded; default true. Steps that were running go on.</summary>
    public bool StopOnFailure { get; init; } = true;
    /// <summary>How often the job is tried when an attempt is Lost or broke by our fault: 1–10, default 3.</summary>
    public int MaxAttempts { get; init; } = 3;
    /// <summary>1–1,000 steps, by default run in this order on one shared workspace.</summary>
    public required IReadOnlyList<StepSpec> Steps { get; init; }
}
