using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Corral.Agent.Cgroups;
using Corral.Agent.Init;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>Asks for sandboxes, and knows all that live.</summary>
internal sealed class SandboxFactory(SandboxRoom room, ICgroupDriver cgroups, SandboxOptions options)
{
    // The root of the writable layer, upper, work (two) and shared memory are no business of the step's limit.
    public const long OwnInodes = 5;

    private readonly ConcurrentDictionary<ulong, LiveSandbox> _live = new();
    // Unique over restarts of the agent within a launcher's life: the upper half is drawn at random.
    private long _lastId = (long)Random.Shared.Next(1, int.MaxValue) << 32;
    private long _unusedCpuNs;
    private volatile TaskCompletionSource? _noneUnused;

    /// <summary>All that live or have a step that is not released.</summary>
    public IEnumerable<LiveSandbox> Live => _live.Values;

    /// <summary>Cpu time of those that ended without a step.</summary>
    public long UnusedCpuNs => Interlocked.Read(ref _unusedCpuNs);

    public LiveSandbox? Find(ulong id) => _live.GetValueOrDefault(id);

    /// <summary>Ends once each that lives has a step. New ones are not to be asked for any more.</summary>
    public Task WhenNoneIsUnused()
    {
        _noneUnused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        NoteRemoval();
        return _noneUnused.Task;
    }

    public void AddUnusedCpu(long ns) => Interlocked.Add(ref _unusedCpuNs, ns);

    /// <summary>
    /// Begins to make a sandbox; <paramref name="onReady"/> tells when it waits for its step, or why it never will. <paramref name="isAwaited"/>: a step
    /// waits for it already.
    /// </summary>
    public void Create(SandboxImage image, bool isAwaited, Action<LiveSandbox?, SandboxException?> onReady)
    {
        LiveSandbox? sandbox = null;
        SafeFileHandle? stdoutWrite = null, stderrWrite = null;
        try
        {
            var id = (ulong)Interlocked.Increment(ref _lastId);
            var group = cgroups.Create($"s-{id:x}", options.WarmLimits);
            var stdout = OutputCapture.Create("stdout", out stdoutWrite);
            var stderr = OutputCapture.Create("stderr", out stderrWrite);
            sandbox = new LiveSandbox(room, id, image.Name, group, stdout, stderr, (s, e) => onReady(s, e), OnEnd);
            _live[id] = sandbox;
            Send(sandbox, image, isAwaited, stdoutWrite, stderrWrite);
        }
        catch (SandboxException e) when (sandbox is not null)
        {
            if (TryRemove(sandbox.Id, out _)) sandbox.Abandon(e);
        }
        catch (SandboxException e)
        {
            onReady(null, e);
        }
        finally
        {
            stdoutWrite?.Dispose();
            stderrWrite?.Dispose();
        }
    }

    /// <summary>Takes up what the launcher has kept of a step of an earlier agent process.</summary>
    public RunningStep? Adopt(AdoptedSandbox adopted)
    {
        var message = adopted.Message;
        var group = cgroups.Open(GroupNameOf(in message));
        if (group is null)
        {
            foreach (var descriptor in adopted.Descriptors) descriptor.Dispose();
            return null;
        }

        var stdout = new OutputCapture(adopted.Descriptors[2], adopted.Descriptors[4]);
        var stderr = new OutputCapture(adopted.Descriptors[3], adopted.Descriptors[5]);
        stdout.Resume();
        stderr.Resume();
        var sandbox = new LiveSandbox(room, message.Envelope.Id, "adopted", group, stdout, stderr, onReady: null, OnEnd);
        var memo = StepNotes.Memo(in message.Note);
        var step = new RunningStep(sandbox, room, StepNotes.Attempt(in message.Note), message.Note.StepIndex, in memo, message.Note.DispatchedNs) { DeadBeforeNs = message.DeadNs };
        if (message.KillReason != 0) step.NoteKill((KillReason)message.KillReason, message.KilledNs);
        sandbox.TryTake(step);
        _live[sandbox.Id] = sandbox;
        sandbox.Attach(adopted.Descriptors[0], adopted.Descriptors[1]);
        return step;
    }

    /// <summary>Gives up those that were asked for and have not been cloned: their launcher is gone.</summary>
    public void AbandonUncloned(SandboxException reason)
    {
        foreach (var sandbox in _live.Values)
        {
            if (!sandbox.IsAttached && TryRemove(sandbox.Id, out _)) sandbox.Abandon(reason);
        }
    }

    public bool TryRemove(ulong id, out LiveSandbox? sandbox)
    {
        if (!_live.TryRemove(id, out sandbox)) return false;
        NoteRemoval();
        return true;
    }

    private static unsafe string GroupNameOf(in AdoptedMessage message)
    {
        fixed (byte* name = message.Group)
            return Marshal.PtrToStringUTF8((nint)name)!;
    }

    private void OnEnd(LiveSandbox sandbox, long? unusedCpuNs)
    {
        TryRemove(sandbox.Id, out _);
        if (unusedCpuNs is { } used) AddUnusedCpu(used);
    }

    private void NoteRemoval()
    {
        if (_noneUnused is { } awaited && !_live.Values.Any(s => s.Step is null)) awaited.TrySetResult();
    }

    private unsafe void Send(LiveSandbox sandbox, SandboxImage image, bool isAwaited, SafeFileHandle stdoutWrite, SafeFileHandle stderrWrite)
    {
        var attach = sandbox.Group.AttachFiles;
        var message = new CreateMessage
        {
            ScratchBytes = options.WarmScratchBytes,
            ScratchInodes = options.WarmScratchInodes + OwnInodes,
            BindsHost = image.BindsHost ? 1 : 0,
            IsAwaited = isAwaited ? 1 : 0,
            AttachFiles = attach.Count,
        };
        message.Envelope.Kind = MessageKind.CreateSandbox;
        message.Envelope.Id = sandbox.Id;
        Encoding.UTF8.GetBytes(sandbox.Group.Name, new Span<byte>(message.Group, Init.Protocol.GroupNameBytes - 1));
        var layers = string.Join(':', image.Layers.Select(LayerPath));
        if (Encoding.UTF8.GetByteCount(layers) >= Init.Protocol.LayersBytes)
            throw new SandboxException(SandboxStep.MakeSandbox, image.Name, $"its {image.Layers.Count} layers have longer names than a mount can take.");
        var written = Encoding.UTF8.GetBytes(layers, new Span<byte>(message.Layers, Init.Protocol.LayersBytes - 1));
        var length = Unsafe.SizeOf<CreateMessage>() - Init.Protocol.LayersBytes + written + 1;
        room.Launcher.Connection.SendBytes(
            MemoryMarshal.AsBytes(new ReadOnlySpan<CreateMessage>(in message))[..length],
            [sandbox.Group.EntryDirectory, sandbox.Group.KillFile, sandbox.Stdout.Pipe, sandbox.Stderr.Pipe, sandbox.Stdout.Kept, sandbox.Stderr.Kept, stdoutWrite, stderrWrite, .. attach]);
    }

    // Where the launcher has bound the images folder. ':' and ',' would end a path of the lowerdir option, '\' would escape it.
    private static string LayerPath(string layer) =>
        layer.Length > 0 && layer.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') && layer[0] != '.'
            ? $"/images/{layer}"
            : throw new ArgumentException($"'{layer}' is no name for a layer.", nameof(layer));
}
