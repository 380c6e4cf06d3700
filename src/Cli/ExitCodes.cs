namespace Corral.Cli;

/// <summary>What the program's exit code says. <c>corral run</c> gives the job's own code, so its other codes are those that shells and <c>timeout(1)</c> use.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    /// <summary>A job did not succeed (<c>wait</c>), a needed check failed (<c>doctor</c>), or the coordinator could not do what was asked.</summary>
    public const int Failure = 1;
    /// <summary>The command line or the request is wrong: the caller can mend it.</summary>
    public const int BadUsage = 2;
    /// <summary><c>run</c>: a cpu or wall time limit, or the deadline, as <c>timeout(1)</c> says it.</summary>
    public const int TimeExceeded = 124;
    /// <summary><c>run</c>: the request is wrong, or the fault is ours.</summary>
    public const int RunFault = 125;
    /// <summary><c>run</c>: the command was found but cannot be executed.</summary>
    public const int CannotExecute = 126;
    /// <summary><c>run</c>: there is no such command.</summary>
    public const int NotFound = 127;
    /// <summary>128 + n: ended by signal n, as shells say it; also Ctrl-C (130) and SIGTERM (143) of corral itself.</summary>
    public const int SignalBase = 128;
}
