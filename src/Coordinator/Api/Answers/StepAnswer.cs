using System.ComponentModel;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>How one step went, as the API shows it.</summary>
internal sealed record StepAnswer
{
    [Description("Its place in the job's list, from 0.")]
    public required int Index { get; init; }
    [Description("Its name.")]
    public required string Name { get; init; }
    [Description("Ended or Skipped.")]
    public required StepState State { get; init; }
    [Description("Why it ended; absent where it was skipped.")]
    public Verdict? Verdict { get; init; }
    [Description("With Skipped: why.")]
    public string? SkipReason { get; init; }
    [Description("What was observed, beside the verdict.")]
    public required StepFacts Facts { get; init; }
    [Description("What it consumed; absent where it never started.")]
    public UsageAnswer? Usage { get; init; }
    [Description("stdout.")]
    public required OutputAnswer Stdout { get; init; }
    [Description("stderr.")]
    public required OutputAnswer Stderr { get; init; }
    [Description("The files that matched the step's output patterns, by path.")]
    public required IReadOnlyList<OutputFileAnswer> Outputs { get; init; }

    public static StepAnswer Of(StepResult step) => new()
    {
        Index = step.Index,
        Name = step.Name,
        State = step.State,
        Verdict = step.State == StepState.Ended ? step.Verdict : null,
        SkipReason = step.SkipReason,
        Facts = step.Facts,
        Usage = step.Usage is { } usage ? UsageAnswer.Of(usage) : null,
        Stdout = OutputAnswer.Of(step.Stdout, step.Facts.StdoutBytes),
        Stderr = OutputAnswer.Of(step.Stderr, step.Facts.StderrBytes),
        Outputs = [.. step.Outputs.Select(file => new OutputFileAnswer(file.Path, file.Bytes, file.Blob?.Value, file.Problem))],
    };
}

/// <summary>A regular file that a step left.</summary>
internal sealed record OutputFileAnswer(
    [property: Description("Relative to /box.")] string Path,
    [property: Description("Its size when collected.")] long Bytes,
    [property: Description("The digest of its bytes; absent where it was not kept.")] string? Blob,
    [property: Description("Why it was not kept.")] string? Problem);
