namespace Corral.Coordinator.Application;

/// <summary>What became of a cancellation.</summary>
internal enum CancelOutcome
{
    /// <summary>Never returned.</summary>
    None = 0,
    /// <summary>There is no such job.</summary>
    NotFound = 1,
    /// <summary>The job was queued and has ended, Cancelled.</summary>
    Cancelled = 2,
    /// <summary>The job is with an agent, which was asked to end it.</summary>
    Requested = 3,
    /// <summary>The job had ended before.</summary>
    AlreadyEnded = 4,
}
