namespace Corral.Agent.Init;

/// <summary>Exit codes of the launcher and of PID 1; nobody waits for PID 1's, they are for a person with strace.</summary>
internal static class ExitCodes
{
    public const int Usage = 64, AlreadyRunning = 65, CannotStart = 66, ClonerGone = 67, OutOfMemory = 71, FilterTooLong = 72;
    public const int SetUpFailed = 73, NobodyAttached = 74, NotStarted = 75;
}
