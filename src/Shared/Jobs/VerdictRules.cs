namespace Corral.Shared.Jobs;

/// <summary>What follows from a verdict.</summary>
public static class VerdictRules
{
    /// <summary>Invariant I3: a step is billed unless the fault was ours.</summary>
    /// <param name="verdict">A stored verdict.</param>
    public static bool IsBillable(this Verdict verdict) => verdict is not (Verdict.Lost or Verdict.SandboxBroke);

    /// <summary>The attempt's verdict: that of its first step, in declared order, that is not Succeeded; else Succeeded.</summary>
    /// <param name="steps">The results in declared order; skipped steps have no verdict and do not count.</param>
    public static Verdict OfAttempt(IEnumerable<StepResult> steps)
    {
        foreach (var step in steps)
        {
            if (step.State == StepState.Ended && step.Verdict != Verdict.Succeeded)
                return step.Verdict;
        }

        return Verdict.Succeeded;
    }
}
