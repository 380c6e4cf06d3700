namespace Corral.Shared.Jobs;

/// <summary>What was observed, beside the verdict: facts, not guesses.</summary>
public sealed record StepFacts
{
    /// <summary>0–255 where the program exited by itself.</summary>
    public int? ExitCode { get; init; }
    /// <summary>The signal that ended the program, 1–64, whoever sent it.</summary>
    public int? Signal { get; init; }
    /// <summary>With CannotStart: the errno and what was tried.</summary>
    public int? Errno { get; init; }
    /// <summary>A sentence on what went wrong, where there is more to say than the verdict.</summary>
    public string? Detail { get; init; }
    /// <summary>Processes the out-of-memory killer ended.</summary>
    public long OomKills { get; init; }
    /// <summary>A fork was refused at the pids limit.</summary>
    public bool PidsLimitHit { get; init; }
    /// <summary>The workspace or the writable layer was full.</summary>
    public bool DiskLimitHit { get; init; }
    /// <summary>The workspace or the writable layer had no inode left.</summary>
    public bool InodeLimitHit { get; init; }
    /// <summary>Ended by SIGXFSZ.</summary>
    public bool FileSizeLimitHit { get; init; }
    /// <summary>The cpu quota held it back at least once.</summary>
    public bool Throttled { get; init; }
    /// <summary>stdout or stderr was longer than <see cref="ResourceLimits.CaptureBytes"/>.</summary>
    public bool Truncated { get; init; }
    /// <summary>All bytes written to stdout.</summary>
    public long StdoutBytes { get; init; }
    /// <summary>All bytes written to stderr.</summary>
    public long StderrBytes { get; init; }
    /// <summary>Whether stdout is what was expected; null where nothing was, or the step did not end by itself, or the kept output is truncated.</summary>
    public bool? OutputMatches { get; init; }
}
