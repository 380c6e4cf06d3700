using System.Collections.Concurrent;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>Requests for workspaces, and their answers.</summary>
internal sealed class WorkspaceRequests(SandboxHost host, LauncherLink link)
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<SafeFileHandle?>> _pending = new();
    private readonly ConcurrentDictionary<ulong, bool> _mounted = new();

    /// <summary>Some are mounted.</summary>
    public bool Any => !_mounted.IsEmpty;

    public async Task<MountedWorkspace> CreateAsync(long id, WorkspaceSize size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(id);
        cancellationToken.ThrowIfCancellationRequested();
        var message = new WorkspaceMessage { Bytes = size.Bytes, Inodes = size.Inodes, Uid = size.Uid, Gid = size.Gid };
        message.Envelope.Kind = MessageKind.MakeWorkspace;
        message.Envelope.Id = (ulong)id;
        var root = await AskAsync((ulong)id, () => link.Send(in message));
        _mounted[(ulong)id] = true;
        return new MountedWorkspace(host, id, root!);
    }

    public async ValueTask RemoveAsync(long id)
    {
        if (!_mounted.TryRemove((ulong)id, out _) || !link.IsAlive) return;
        try
        {
            await AskAsync((ulong)id, () => link.Send(new Envelope { Kind = MessageKind.RemoveWorkspace, Id = (ulong)id }));
        }
        catch (SandboxException gone) when (gone.Step == SandboxStep.TalkToLauncher || gone.Errno == Errno.ENOENT)
        {
            // It went with the launcher; or the launcher lives, and is told again when it is connected: see Reconcile.
        }
    }

    public MountedWorkspace Adopt(long id, SafeFileHandle root)
    {
        _mounted[(ulong)id] = true;
        return new MountedWorkspace(host, id, root);
    }

    public void OnAnswer(in Envelope message, SafeFileHandle? root)
    {
        if (!_pending.TryRemove(message.Id, out var answer)) root?.Dispose();
        else if (message.Errno != 0) answer.TrySetException(new SandboxException(SandboxStep.MountWorkspace, $"workspace {message.Id}", message.Errno));
        else answer.TrySetResult(root);
    }

    /// <summary>A launcher is connected again and says what it has: all of it where it had only given us up as stuck, nothing where it is another.</summary>
    public void Reconcile(IEnumerable<ulong> held)
    {
        var found = held.ToHashSet();
        foreach (var id in _mounted.Keys.Where(id => !found.Contains(id)))
            _mounted.TryRemove(id, out _);
        foreach (var id in found.Where(id => !_mounted.ContainsKey(id)))
            link.Send(new Envelope { Kind = MessageKind.RemoveWorkspace, Id = id });
    }

    /// <summary>Nobody answers any more.</summary>
    public void FailAll(SandboxException reason)
    {
        foreach (var id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out var answer)) answer.TrySetException(reason);
        }
    }

    private Task<SafeFileHandle?> AskAsync(ulong id, Action send)
    {
        var answer = new TaskCompletionSource<SafeFileHandle?>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_pending.TryAdd(id, answer)) throw new InvalidOperationException($"Workspace {id} is being made or removed already.");
        try
        {
            send();
        }
        catch
        {
            _pending.TryRemove(id, out _);
            throw;
        }

        return answer.Task;
    }
}
