using Corral.Agent.Cgroups;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>A sandbox from its clone to its last process: at first warm, then some step's, once.</summary>
internal sealed partial class LiveSandbox : IEventSource
{
    private const int ControlTag = 0, DeathTag = 1, StdoutTag = 2, StderrTag = 3;
    private const int Unused = 0, Taken = 1, Dead = 2;

    private readonly SandboxRoom _room;
    private readonly Action<LiveSandbox, SandboxException?>? _onReady;
    private readonly Action<LiveSandbox, long?>? _onEnd;
    private SafeFileHandle? _control;
    private SafeFileHandle? _process;
    private LauncherConnection? _maker;
    private RunningStep? _step;
    private EndedMessage? _report;
    private long? _reportedNs;
    private long _source;
    private int _state;
    private bool _saidReady;

    /// <param name="room">What it shares with the others.</param>
    /// <param name="id">Its number with the launcher.</param>
    /// <param name="image">What its rootfs is.</param>
    /// <param name="group">Its group, now this object's.</param>
    /// <param name="stdout">Its output, likewise.</param>
    /// <param name="stderr">Its errors, likewise.</param>
    /// <param name="onReady">Called once, on the loop's thread: it waits for a step, or why it never will.</param>
    /// <param name="onEnd">Called once, on the loop's thread, when it is dead; with the cpu time it used where it had no step.</param>
    public LiveSandbox(
        SandboxRoom room, ulong id, string image, SandboxGroup group, OutputCapture stdout, OutputCapture stderr,
        Action<LiveSandbox, SandboxException?>? onReady, Action<LiveSandbox, long?>? onEnd)
    {
        _room = room;
        Id = id;
        Image = image;
        Group = group;
        Stdout = stdout;
        Stderr = stderr;
        _onReady = onReady;
        _onEnd = onEnd;
    }

    public ulong Id { get; }

    public string Image { get; }

    public SandboxGroup Group { get; }

    public OutputCapture Stdout { get; }

    public OutputCapture Stderr { get; }

    /// <summary>Counters once it was warm: nothing runs in it between then and the dispatch.</summary>
    public GroupCounters Baseline { get; private set; } = new() { CpuNs = 0 };

    public SafeFileHandle Control => _control!;

    /// <summary>Its PID 1 has ended.</summary>
    public bool IsDead => Volatile.Read(ref _state) == Dead;

    /// <summary>It was cloned.</summary>
    public bool IsAttached => _process is not null;

    /// <summary>The step that runs or ran in it.</summary>
    public RunningStep? Step => _step;

    /// <summary>Takes up the descriptors of its processes, and begins to listen to them.</summary>
    public void Attach(SafeFileHandle control, SafeFileHandle process)
    {
        _control = control;
        _process = process;
        _maker = _room.Launcher.Current;
        _source = _room.Loop.Add(this);
        _room.Loop.Watch(_source, ControlTag, control);
        _room.Loop.Watch(_source, DeathTag, process);
        _room.Loop.Watch(_source, StdoutTag, Stdout.Pipe);
        _room.Loop.Watch(_source, StderrTag, Stderr.Pipe);
    }

    /// <summary>Makes it a step's; false where it has died meanwhile.</summary>
    public bool TryTake(RunningStep step)
    {
        _step = step;
        return Interlocked.CompareExchange(ref _state, Taken, Unused) == Unused;
    }

    public void OnReady(int tag)
    {
        switch (tag)
        {
            case ControlTag:
                ReadControl();
                break;
            case DeathTag:
                End();
                break;
            case StdoutTag:
                Drain(Stdout, tag);
                break;
            default:
                Drain(Stderr, tag);
                break;
        }
    }

    /// <summary>The launcher forgets it and kills it where it lives; the group goes in the background.</summary>
    public void Release()
    {
        _room.Launcher.Release(Id);
        Close();
        _room.Remover.Add(Group);
    }

    /// <summary>Closes the agent's own descriptors; the launcher keeps its duplicates.</summary>
    public void Close()
    {
        _room.Loop.Remove(_source);
        _control?.Dispose();
        _process?.Dispose();
        Stdout.Dispose();
        Stderr.Dispose();
    }

    /// <summary>It was never cloned, or cannot be listened to.</summary>
    public void Abandon(SandboxException reason)
    {
        _onReady?.Invoke(this, reason);
        Close();
        _room.Remover.Add(Group);
    }

    // PID 1 says two things: that it is ready, and how the step ended.
    private void ReadControl()
    {
        if (!_saidReady && _step is null)
        {
            if (ReadReady()) _room.Loop.WatchAgain(_source, ControlTag, _control!);
        }
        else if (_report is null)
        {
            ReadReport();
        }
    }

    private unsafe bool ReadReady()
    {
        ReadyMessage message;
        var length = PacketSocket.TryReceive(_control!, new Span<byte>(&message, sizeof(ReadyMessage)), [], out _);
        if (length != sizeof(ReadyMessage) || message.Kind != MessageKind.Ready) return false;
        BecomeReady(message);
        return true;
    }

    private unsafe void ReadReport()
    {
        EndedMessage message;
        // It stays in the socket: should this process die before the result is safe, the next one reads it there.
        var length = PacketSocket.TryReceive(_control!, new Span<byte>(&message, sizeof(EndedMessage)), [], out _, peek: true);
        if (length != sizeof(EndedMessage) || message.Kind != MessageKind.Ended) return;
        _report = message;
        _reportedNs = BootClock.Instance.GetTimestamp();
        _step?.OnReported();
    }

    private void BecomeReady(ReadyMessage message)
    {
        _saidReady = true;
        if (message.Errno != 0)
        {
            _onReady?.Invoke(this, new SandboxException(SandboxStep.MakeSandbox, $"{Image}, {message.Step}", message.Errno));
            return;
        }

        Group.TryResetMemoryPeak();
        Baseline = Group.Read();
        _onReady?.Invoke(this, null);
    }

    private void Drain(OutputCapture output, int tag)
    {
        if (output.Drain()) _room.Loop.WatchAgain(_source, tag, output.Pipe);
        if (_step is { } step && Stdout.Total + Stderr.Total > step.OutputLimit) step.Kill(KillReason.Output);
    }

    // The pidfd is readable: PID 1 is dead, and the kernel ends its pid namespace before it says so.
    private void End()
    {
        var deadNs = BootClock.Instance.GetTimestamp();
        ReadControl();
        // No report: it was killed. If by the launcher, it said so before it did, and that may still wait behind this event.
        if (_report is null && _step is not null) _room.Launcher.ReadPending();
        _room.Loop.Remove(_source);
        if (Interlocked.Exchange(ref _state, Dead) == Unused)
        {
            EndUnused();
            return;
        }

        Stdout.DrainToEnd();
        Stderr.DrainToEnd();
        var step = _step!;
        _room.Cpu.Remove(step);
        _room.Memory.Remove(step);
        var death = ReadDeath(step);
        _onEnd?.Invoke(this, null);
        step.Complete(death, _report, _reportedNs, deadNs, _room.Launcher.Lives(_maker));
    }

    private GroupCounters ReadDeath(RunningStep step)
    {
        try
        {
            return Group.Read();
        }
        catch (SandboxException e)
        {
            Log.CountersLost(_room.Logger, step.AttemptId, step.StepIndex, e);
            return step.Baseline;
        }
    }

    private void EndUnused()
    {
        if (!_saidReady)
            _onReady?.Invoke(this, new SandboxException(SandboxStep.MakeSandbox, Image, "PID 1 ended before the sandbox was ready: it was killed, or its group's memory limit is too small."));
        long used = 0;
        try
        {
            used = Group.ReadCpuNs();
        }
        catch (SandboxException e)
        {
            Log.UnusedCountersLost(_room.Logger, Group.Name, e);
        }

        _onEnd?.Invoke(this, used);
        Release();
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Error, "The counters of {AttemptId}, step {StepIndex}, could not be read after its end; its usage is not known.")]
        public static partial void CountersLost(ILogger logger, Corral.Shared.Jobs.AttemptId attemptId, int stepIndex, Exception exception);

        [LoggerMessage(3021, LogLevel.Warning, "The counters of the unused sandbox {Group} could not be read after its end.")]
        public static partial void UnusedCountersLost(ILogger logger, string group, Exception exception);
    }
}
