using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

/// <summary>What an agent reports is checked before it reaches the ledger: an attempt whose report makes no sense broke by our fault, it does not hang.</summary>
internal static class ReportRules
{
    public static AttemptEnding Ending(string agent, AttemptReport report, DateTimeOffset now)
    {
        if (Fault(report) is { } fault)
            return new AttemptEnding(report.Attempt, agent, Verdict.SandboxBroke, now, report.Sequence, null, [], $"The agent's report cannot be right: {fault}");
        return new AttemptEnding(report.Attempt, agent, report.Verdict, report.EndedAt, report.Sequence, report.StartedAt, report.Steps, report.Detail);
    }

    private static string? Fault(AttemptReport report)
    {
        if (!IsVerdict(report.Verdict))
            return $"its verdict is {(int)report.Verdict}.";
        for (var i = 0; i < report.Steps.Count; i++)
        {
            var step = report.Steps[i];
            if (step.Index != i)
                return $"step {step.Index} stands at place {i}.";
            if (step.State == StepState.Ended != IsVerdict(step.Verdict))
                return $"step {i} is {step.State} with verdict {(int)step.Verdict}.";
            if (step.Usage is { } usage && (step.State != StepState.Ended || usage.WallNs < 0 || usage.CpuNs < 0 || usage.ReservedMemoryBytes < 0))
                return $"the usage of step {i} is negative or of a step that did not start.";
        }

        return null;
    }

    private static bool IsVerdict(Verdict verdict) => verdict != Verdict.None && Enum.IsDefined(verdict);
}
