namespace Corral.Shared.Jobs;

/// <summary>Where a job is now. The numbers are stored and sent: they never change and are never reused.</summary>
public enum JobState
{
    /// <summary>Never stored: an unset value is a bug.</summary>
    None = 0,
    /// <summary>Durable, waiting for a placement.</summary>
    Queued = 1,
    /// <summary>An attempt number and an agent are committed; the order is on its way.</summary>
    Placed = 2,
    /// <summary>The agent said that the attempt has started.</summary>
    Running = 3,
    /// <summary>The last attempt has ended; the verdict is final.</summary>
    Ended = 4,
}
