namespace Corral.Shared.Jobs;

/// <summary>Where a step is now. The numbers are stored and sent: they never change and are never reused.</summary>
public enum StepState
{
    /// <summary>Never stored: an unset value is a bug.</summary>
    None = 0,
    /// <summary>Waits for the steps it needs, or for room in the reservation.</summary>
    Waiting = 1,
    /// <summary>Its command was handed to a sandbox.</summary>
    Running = 2,
    /// <summary>Has a verdict and a usage record.</summary>
    Ended = 3,
    /// <summary>Never started: has a reason, no verdict and no usage record.</summary>
    Skipped = 4,
}
