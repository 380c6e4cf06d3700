namespace Corral.Shared.Jobs;

/// <summary>What can happen to a job.</summary>
public enum JobMove
{
    /// <summary>An attempt number and an agent are committed.</summary>
    Place = 1,
    /// <summary>The agent says that the attempt has started. It is not durable and may come late, twice or never.</summary>
    Start = 2,
    /// <summary>The attempt has ended with a verdict that stands.</summary>
    Finish = 3,
    /// <summary>The attempt is lost or broke by our fault, and another one is allowed.</summary>
    Retry = 4,
    /// <summary>A caller wants it ended.</summary>
    Cancel = 5,
}
