using System.Runtime.InteropServices;
using Corral.Agent.Interop;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

// From what was observed to why it ended. The order of the questions is the contract:
//
//   1 CannotStart      the command was never executed, and the caller can mend it
//   2 MemoryExceeded   the kernel's out-of-memory killer ended a process of the step, whatever the others then did
//   3 our own kill     with the reason its sender recorded, unless the command had ended by itself before
//   4 a limit crossed  more output than allowed, or RLIMIT_CPU's signal past the cpu limit: the crossing came before the end
//   5 SyscallDenied    SIGSYS
//   6 the wait status  and where there is none, PID 1 was killed by something that was not us and not the OOM killer: by the job. That is SIGKILL,
//                      never Lost or SandboxBroke, or a job could run for free by killing its own sandbox.
internal static class StepVerdict
{
    private const int SigKill = 9;
    private const int SigXcpu = 24;
    private const int SigXfsz = 25;
    private const int SigSys = 31;

    /// <summary>The verdict of a step and the facts beside it.</summary>
    /// <param name="end">What the sandbox saw.</param>
    /// <param name="limits">What the step was allowed.</param>
    /// <param name="asked">A polite request to end (SIGTERM) that came before any kill.</param>
    public static (Verdict Verdict, StepFacts Facts) Of(StepEnd end, ResourceLimits limits, StopRequest? asked = null)
    {
        var exitCode = end.WaitStatus is { } status && (status & 0x7F) == 0 ? (status >> 8) & 0xFF : (int?)null;
        var signal = end.WaitStatus is { } wait && (wait & 0x7F) != 0 ? wait & 0x7F : (int?)null;
        if (end.WaitStatus is null && end.Failure is null)
            signal = SigKill;

        var facts = new StepFacts
        {
            ExitCode = exitCode,
            Signal = signal,
            Errno = end.Failure?.Errno,
            Detail = end.Failure is { } failure ? Describe(failure) : null,
            OomKills = Math.Max(0, end.Death.OomKills - end.Baseline.OomKills),
            PidsLimitHit = end.Death.PidsLimitHits > end.Baseline.PidsLimitHits,
            DiskLimitHit = end.ScratchFreeBytes == 0,
            InodeLimitHit = end.ScratchFreeInodes == 0,
            FileSizeLimitHit = signal == SigXfsz,
            Throttled = end.Death.ThrottledPeriods > (end.Baseline.ThrottledPeriods ?? 0),
            Truncated = end.Truncated,
            StdoutBytes = end.StdoutBytes,
            StderrBytes = end.StderrBytes,
        };
        return (Judge(end, limits, asked, facts), facts);
    }

    private static Verdict Judge(StepEnd end, ResourceLimits limits, StopRequest? asked, StepFacts facts)
    {
        // Inside the step's own group the kernel says ENOMEM when the step's memory limit is too small even to start.
        if (end.Failure is { } failure && (failure.IsCallersFault || failure.Errno == Errno.ENOMEM))
            return Verdict.CannotStart;
        if (facts.OomKills > 0)
            return Verdict.MemoryExceeded;
        if (EarliestStop(end, asked) is { } reason)
            return OfStop(reason);
        if (end.Failure is not null)
            return Verdict.SandboxBroke;
        if (end.StdoutBytes + end.StderrBytes > limits.OutputBytes)
            return Verdict.OutputExceeded;
        if (facts.Signal is SigXcpu or SigKill && end.Death.CpuNs - end.Baseline.CpuNs >= limits.CpuTimeMs * 1_000_000)
            return Verdict.CpuTimeExceeded;
        return facts switch
        {
            { Signal: SigSys } => Verdict.SyscallDenied,
            { Signal: not null } => Verdict.Signalled,
            { ExitCode: 0 } => Verdict.Succeeded,
            _ => Verdict.NonZeroExit,
        };
    }

    // Our first word that came before the command ended by itself; null where there is none.
    private static KillReason? EarliestStop(StepEnd end, StopRequest? asked)
    {
        var killed = end.Killed is not null && !EndedBefore(end, end.KilledNs ?? long.MaxValue);
        if (asked is not null && !EndedBefore(end, asked.AtNs) && !(killed && end.KilledNs < asked.AtNs))
            return asked.Reason;
        return killed ? end.Killed : null;
    }

    private static bool EndedBefore(StepEnd end, long ns) => end.WaitStatus is not null && end.ExitedNs <= ns;

    /// <summary>What a step, or an attempt, is that was ended for this reason.</summary>
    public static Verdict OfStop(KillReason reason) => reason switch
    {
        KillReason.CpuTime => Verdict.CpuTimeExceeded,
        KillReason.WallTime => Verdict.WallTimeExceeded,
        KillReason.Output => Verdict.OutputExceeded,
        KillReason.Cancelled => Verdict.Cancelled,
        KillReason.Deadline => Verdict.DeadlinePassed,
        KillReason.LeaseEnded or KillReason.Fenced => Verdict.Lost,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "A kill without a reason is never stored."),
    };

    private static string Describe(StartFailure failure)
    {
        var what = failure.Phase switch
        {
            StartPhase.Files => $"Writing input file {failure.FileIndex + 1} of the step",
            StartPhase.WorkingDirectory => "Entering the working directory",
            StartPhase.Exec => "Executing the command",
            StartPhase.Limits => "Setting openFiles and stackBytes (at most this host's hard limits)",
            StartPhase.Fork => "Making the first process within the step's pids and memory limits",
            _ => $"Preparing the sandbox ({failure.Phase})",
        };
        return $"{what} failed: {Marshal.GetPInvokeErrorMessage(failure.Errno)} (errno {failure.Errno}).";
    }
}
