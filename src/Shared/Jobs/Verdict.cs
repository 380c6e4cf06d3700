namespace Corral.Shared.Jobs;

/// <summary>Why a step or an attempt ended: exactly one. The numbers are stored and sent: they never change and are never reused.</summary>
public enum Verdict
{
    /// <summary>Never stored: an unset value is a bug.</summary>
    None = 0,
    /// <summary>Exit code 0.</summary>
    Succeeded = 1,
    /// <summary>Exit code 1–255.</summary>
    NonZeroExit = 2,
    /// <summary>Ended by a signal that Corral did not send.</summary>
    Signalled = 3,
    /// <summary>Used more cpu time than <see cref="ResourceLimits.CpuTimeMs"/>.</summary>
    CpuTimeExceeded = 4,
    /// <summary>Ran longer than <see cref="ResourceLimits.WallTimeMs"/>.</summary>
    WallTimeExceeded = 5,
    /// <summary>The kernel's out-of-memory killer ended a process of the step.</summary>
    MemoryExceeded = 6,
    /// <summary>Wrote more than <see cref="ResourceLimits.OutputBytes"/> to stdout and stderr together.</summary>
    OutputExceeded = 7,
    /// <summary>The command or its files could not be started as asked (an errno of execve, of a path); the caller's fault.</summary>
    CannotStart = 8,
    /// <summary>Ended by the seccomp filter (SIGSYS).</summary>
    SyscallDenied = 9,
    /// <summary>Ended because the job was cancelled.</summary>
    Cancelled = 10,
    /// <summary>Ended because the job's deadline passed.</summary>
    DeadlinePassed = 11,
    /// <summary>The agent vanished before it reported; retried, never billed.</summary>
    Lost = 12,
    /// <summary>A fault outside the sandbox, ours; retried, never billed.</summary>
    SandboxBroke = 13,
}
