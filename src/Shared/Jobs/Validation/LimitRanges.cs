namespace Corral.Shared.Jobs.Validation;

/// <summary>The ranges that <see cref="ResourceLimits"/> gives: what can be enforced at all, whatever an operator allows.</summary>
internal static class LimitRanges
{
    public const double LeastCpus = 0.01;
    public const double GreatestCpus = 1024;

    private const long ThirtyDaysMs = 30L * 24 * 60 * 60 * 1000;

    /// <summary>Every limit that is a whole number, by its field in the job document.</summary>
    public static IReadOnlyList<LimitRange> All { get; } =
    [
        new("memoryBytes", 4L << 20, 1L << 50, limits => limits.MemoryBytes),
        new("pids", 1, 1_000_000, limits => limits.Pids),
        new("cpuTimeMs", 1, ThirtyDaysMs, limits => limits.CpuTimeMs),
        new("wallTimeMs", 1, ThirtyDaysMs, limits => limits.WallTimeMs),
        new("outputBytes", 0, 1L << 50, limits => limits.OutputBytes),
        new("captureBytes", 0, 64L << 20, limits => limits.CaptureBytes),
        new("scratchBytes", 4L << 10, 1L << 40, limits => limits.ScratchBytes),
        new("scratchInodes", 16, 100_000_000, limits => limits.ScratchInodes),
        new("openFiles", 3, 1_048_576, limits => limits.OpenFiles),
        new("stackBytes", 64L << 10, 1L << 40, limits => limits.StackBytes),
    ];

    public static LimitRange Of(string name) => All.Single(range => range.Name == name);
}

/// <summary>One limit's range.</summary>
/// <param name="Name">Its field in the job document.</param>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest value.</param>
/// <param name="Of">Its value among others.</param>
internal sealed record LimitRange(string Name, long Least, long Greatest, Func<ResourceLimits, long> Of);
