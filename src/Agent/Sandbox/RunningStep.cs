using Corral.Agent.Cgroups;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Sandbox;

/// <summary>A step in its sandbox, from dispatch until the caller releases it.</summary>
internal sealed partial class RunningStep
{
    private readonly TaskCompletionSource<StepEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LiveSandbox _sandbox;
    private readonly SandboxRoom _room;
    private readonly Lock _lock = new();
    private readonly StepMemo _memo;
    private readonly long _dispatchedNs;
    private readonly MemoryTally _memory;
    private KillReason _killReason;
    private long _killedNs;
    private int _released;
    private volatile bool _hasEnded;

    internal RunningStep(LiveSandbox sandbox, SandboxRoom room, AttemptId attempt, int stepIndex, in StepMemo memo, long dispatchedNs)
    {
        _sandbox = sandbox;
        _room = room;
        _memo = memo;
        _dispatchedNs = dispatchedNs;
        _memory = new MemoryTally(dispatchedNs);
        AttemptId = attempt;
        StepIndex = stepIndex;
        Baseline = memo.Baseline;
        sandbox.Stdout.Limit = memo.CaptureBytes;
        sandbox.Stderr.Limit = memo.CaptureBytes;
    }

    /// <summary>Whose step it is.</summary>
    public AttemptId AttemptId { get; }

    /// <summary>Its place in the job, from 0.</summary>
    public int StepIndex { get; }

    /// <summary>When the step was handed to the sandbox, by the wall clock.</summary>
    public DateTimeOffset StartedAt => new(_memo.StartedAtUtcTicks, TimeSpan.Zero);

    /// <summary>Ends when every process is gone, all output is read and the counters are taken.</summary>
    public Task<StepEnd> Completion => _completion.Task;

    /// <summary>All bytes written to stdout so far.</summary>
    public long StdoutLength => _sandbox.Stdout.Total;

    /// <summary>All bytes written to stderr so far.</summary>
    public long StderrLength => _sandbox.Stderr.Total;

    internal ulong SandboxId => _sandbox.Id;

    internal string Image => _sandbox.Image;

    internal double Cpus => _memo.Cpus;

    internal long CpuLimitNs => _memo.CpuLimitNs;

    internal long OutputLimit => _memo.OutputBytes;

    internal GroupCounters Baseline { get; }

    internal bool HasEnded => _hasEnded;

    /// <summary>Called on the loop's thread as soon as PID 1 has reported, well before <see cref="Completion"/>; the pool refills then.</summary>
    internal Action? Reported { get; init; }

    /// <summary>When the launcher saw it die, where that was before this agent process came.</summary>
    internal long DeadBeforeNs { get; init; }

    /// <summary>Kills every process of the step; the first reason given is the one remembered.</summary>
    public void Kill(KillReason reason)
    {
        var now = BootClock.Instance.GetTimestamp();
        if (_hasEnded || !NoteKill(reason, now)) return;
        _room.Launcher.Kill(_sandbox.Id, reason, now);
        try
        {
            _sandbox.Group.Kill();
        }
        catch (Exception e) when (e is SandboxException or ObjectDisposedException)
        {
            // The launcher has been told and holds the file too; a group that is gone has nothing left to kill.
            Log.KillFailed(_room.Logger, AttemptId, StepIndex, e);
        }
    }

    /// <summary>Sends a signal to the command's session leader and its process group.</summary>
    public void Signal(int signal)
    {
        var message = new SignalMessage { Kind = MessageKind.Signal, Signal = signal };
        if (_hasEnded) return;
        _ = PacketSocket.TrySend(_sandbox.Control, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<SignalMessage>(in message)), [], wait: false);
    }

    /// <summary>Reads kept output, also while the step runs; returns how much there was, 0 at its present end.</summary>
    public int ReadOutput(StepStream stream, long offset, Span<byte> destination) =>
        (stream == StepStream.Stdout ? _sandbox.Stdout : _sandbox.Stderr).Read(offset, destination);

    /// <summary>Says that the result is safe: the launcher forgets the step, and its kept output is gone. Call once, after <see cref="Completion"/>.</summary>
    public ValueTask ReleaseAsync()
    {
        if (!_completion.Task.IsCompleted) throw new InvalidOperationException($"Step {StepIndex} of {AttemptId} has not ended.");
        if (Interlocked.Exchange(ref _released, 1) == 0) _sandbox.Release();
        return ValueTask.CompletedTask;
    }

    /// <summary>The launcher killed it; or the first reason of our own. False where there was one already.</summary>
    internal bool NoteKill(KillReason reason, long timeNs)
    {
        lock (_lock)
        {
            if (_killReason != KillReason.None) return false;
            _killReason = reason;
            _killedNs = timeNs;
            return true;
        }
    }

    /// <summary>Cpu time since dispatch; null where it has ended.</summary>
    internal long? TryReadCpuNs()
    {
        try
        {
            return _hasEnded ? null : _sandbox.Group.ReadCpuNs() - Baseline.CpuNs;
        }
        catch (Exception e) when (e is SandboxException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Takes one sample of its memory.</summary>
    internal void SampleMemory()
    {
        try
        {
            _memory.Add(_sandbox.Group.ReadMemory(), BootClock.Instance.GetTimestamp());
        }
        catch (Exception e) when (e is SandboxException or ObjectDisposedException)
        {
            // It has ended meanwhile, or this kernel cannot tell: a sample less, which the record shows.
            _room.Memory.Remove(this);
        }
    }

    /// <summary>This agent process stops; the launcher keeps the step for the next one.</summary>
    internal void Leave()
    {
        _hasEnded = true;
        _room.Cpu.Remove(this);
        _room.Memory.Remove(this);
        _sandbox.Close();
        _sandbox.Group.Dispose();
        _completion.TrySetCanceled();
    }

    internal void OnReported() => Reported?.Invoke();

    internal void Complete(GroupCounters death, EndedMessage? report, long? reportedNs, long deadNs, bool launcherLives)
    {
        if (report is { DeadlinePassed: not 0 }) NoteKill(KillReason.WallTime, report.Value.ExitedNs);
        _hasEnded = true;
        if (report is null) Reported?.Invoke();
        var started = report is { Phase: 0 };
        StartFailure? failure = null;
        if (report is { Phase: not 0 } failed) failure = new StartFailure((StartPhase)failed.Phase, failed.Errno, failed.FileIndex);
        else if (report is null && _killReason == KillReason.None && !launcherLives) failure = new StartFailure(StartPhase.LauncherLost, 0, 0);
        // An exit that PID 1 saw before the kill was sent stands; the kill found nobody, or orphans.
        var killed = _killReason != KillReason.None && !(started && report!.Value.DeadlinePassed == 0 && report.Value.ExitedNs < _killedNs);
        var stdout = _sandbox.Stdout.Total;
        var stderr = _sandbox.Stderr.Total;
        _completion.TrySetResult(new StepEnd
        {
            WaitStatus = started ? report!.Value.WaitStatus : null,
            Failure = failure,
            Killed = killed ? _killReason : null,
            KilledNs = killed ? _killedNs : null,
            Baseline = Baseline,
            Death = death,
            StdoutBytes = stdout,
            StderrBytes = stderr,
            Truncated = stdout > _memo.CaptureBytes || stderr > _memo.CaptureBytes,
            DispatchedNs = _dispatchedNs,
            StartedNs = started ? report!.Value.StartedNs : null,
            ExitedNs = started ? report!.Value.ExitedNs : null,
            ReportedNs = reportedNs,
            DeadNs = DeadBeforeNs != 0 ? DeadBeforeNs : deadNs,
            Memory = _memory.End(DeadBeforeNs != 0 ? DeadBeforeNs : deadNs),
            MaxResidentBytes = started ? report!.Value.MaxResidentKilobytes * 1024 : null,
            ScratchFreeBytes = report?.ScratchFreeBytes,
            ScratchFreeInodes = report?.ScratchFreeInodes,
        });
    }

    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Debug, "Killing {AttemptId}, step {StepIndex}, directly failed; the launcher was told.")]
        public static partial void KillFailed(ILogger logger, AttemptId attemptId, int stepIndex, Exception exception);
    }
}
