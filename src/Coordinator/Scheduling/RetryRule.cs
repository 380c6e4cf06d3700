using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>What becomes of a job when an attempt has ended.</summary>
internal static class RetryRule
{
    /// <summary>The job's final verdict; or null, where it is queued again.</summary>
    /// <param name="attempt">How the attempt ended.</param>
    /// <param name="number">Its number.</param>
    /// <param name="maxAttempts">How often the job is tried.</param>
    /// <param name="cancelRequested">Whether somebody asked to end it: then it is not tried again, and what kept the agent from ending it as asked does not matter.</param>
    public static Verdict? FinalVerdict(Verdict attempt, int number, int maxAttempts, bool cancelRequested) => attempt switch
    {
        Verdict.Lost or Verdict.SandboxBroke when cancelRequested => Verdict.Cancelled,
        Verdict.Lost or Verdict.SandboxBroke when number < maxAttempts => null,
        _ => attempt,
    };
}
