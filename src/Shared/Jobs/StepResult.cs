namespace Corral.Shared.Jobs;

/// <summary>How one step of one attempt went.</summary>
public sealed record StepResult
{
    /// <summary>The step's place in the job's list, from 0.</summary>
    public required int Index { get; init; }
    /// <summary>The step's name.</summary>
    public required string Name { get; init; }
    /// <summary>Ended or Skipped in a report.</summary>
    public required StepState State { get; init; }
    /// <summary>Set exactly where the state is Ended.</summary>
    public Verdict Verdict { get; init; }
    /// <summary>With Skipped: why.</summary>
    public string? SkipReason { get; init; }
    /// <summary>What was observed.</summary>
    public StepFacts Facts { get; init; } = new();
    /// <summary>What was consumed; set exactly where the step started.</summary>
    public UsageRecord? Usage { get; init; }
    /// <summary>The kept part of stdout.</summary>
    public CapturedOutput Stdout { get; init; } = CapturedOutput.Empty;
    /// <summary>The kept part of stderr.</summary>
    public CapturedOutput Stderr { get; init; } = CapturedOutput.Empty;
    /// <summary>The files that matched the step's output patterns, by path.</summary>
    public IReadOnlyList<OutputFile> Outputs { get; init; } = [];
}
