using Corral.Cli.Client;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary>How a step's end becomes the exit code of <c>corral run</c>, and what is said about it on stderr.</summary>
internal static class RunExit
{
    private const int ENOENT = 2;
    private const int SIGKILL = 9;
    private const int SIGTERM = 15;
    private const int SIGXFSZ = 25;
    private const int SIGSYS = 31;

    /// <summary>The program's own code, or the documented one for what Corral did to it; a sentence where the code alone does not say it.</summary>
    public static (int Code, string? Message) Of(StepAnswer step, ResourceLimits limits) => step.Verdict switch
    {
        Verdict.Succeeded => (0, null),
        Verdict.NonZeroExit => (step.Facts.ExitCode ?? ExitCodes.RunFault, null),
        Verdict.Signalled => (ExitCodes.SignalBase + (step.Facts.Signal ?? SIGKILL), $"ended by signal {step.Facts.Signal}."),
        Verdict.CpuTimeExceeded => (ExitCodes.TimeExceeded, $"used more cpu time than {limits.CpuTimeMs} ms (--cpu-time)."),
        Verdict.WallTimeExceeded => (ExitCodes.TimeExceeded, $"ran longer than {limits.WallTimeMs} ms (--wall-time)."),
        Verdict.DeadlinePassed => (ExitCodes.TimeExceeded, "ended because its deadline passed."),
        Verdict.MemoryExceeded => (ExitCodes.SignalBase + SIGKILL, $"used more memory than {limits.MemoryBytes} bytes (--memory)."),
        Verdict.OutputExceeded => (ExitCodes.SignalBase + SIGXFSZ, $"wrote more than {limits.OutputBytes} bytes (--output)."),
        Verdict.SyscallDenied => (ExitCodes.SignalBase + SIGSYS, "ended by the sandbox: it made a forbidden system call."),
        Verdict.Cancelled => (ExitCodes.SignalBase + SIGTERM, "was cancelled."),
        Verdict.CannotStart => (step.Facts.Errno == ENOENT ? ExitCodes.NotFound : ExitCodes.CannotExecute, $"cannot start: {step.Facts.Detail ?? $"errno {step.Facts.Errno}"}"),
        Verdict.Lost => (ExitCodes.RunFault, "was lost: its agent vanished on every attempt."),
        _ => (ExitCodes.RunFault, $"broke by our fault: {step.Facts.Detail ?? step.SkipReason ?? "the agent gave no reason"}"),
    };
}
