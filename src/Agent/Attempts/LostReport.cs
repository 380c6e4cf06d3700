using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>What is said of an attempt that was accepted before the host or the launcher went down.</summary>
internal static class LostReport
{
    private const string Detail = "The host or its launcher went down while the attempt was running.";

    public static AttemptReport Of(AcceptedEntry accepted, IReadOnlyList<StepEndedEntry> ended, long sequence)
    {
        var spec = accepted.Order.Spec;
        var steps = new StepResult[spec.Steps.Count];
        foreach (var entry in ended)
            steps[entry.Result.Index] = entry.Result;
        for (var i = 0; i < steps.Length; i++)
            steps[i] ??= new StepResult { Index = i, Name = spec.Steps[i].Name, State = StepState.Skipped, SkipReason = Detail };
        var startedAt = ended.Min(entry => entry.Result.Usage?.StartedAt);
        return new AttemptReport(sequence, accepted.Order.Attempt, Verdict.Lost, startedAt, TimeProvider.System.GetUtcNow(), steps, Detail);
    }
}
