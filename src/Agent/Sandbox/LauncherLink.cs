using Corral.Agent.Init;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>The connection to the launcher as sandboxes see it: another one takes its place where a launcher has died.</summary>
internal sealed class LauncherLink
{
    private volatile LauncherConnection? _connection;

    /// <summary>The connection; throws while there is none.</summary>
    public LauncherConnection Connection =>
        _connection ?? throw new SandboxException(SandboxStep.TalkToLauncher, "the launcher", Interop.Errno.EAGAIN, "It has died, and another is being started.");

    /// <summary>The connection, if there is one.</summary>
    public LauncherConnection? Current => _connection;

    /// <summary>Whether launcher and cloner live.</summary>
    public bool IsAlive => _connection is { IsAlive: true };

    /// <summary>Whether the launcher that made a sandbox lives, over whatever connection; where not, the sandbox's death was no doing of its step.</summary>
    public bool Lives(LauncherConnection? maker) =>
        maker is not null && (maker.IsAlive || (_connection is { } now && now.LauncherProcessId == maker.LauncherProcessId && now.IsAlive));

    public LauncherConnection? Replace(LauncherConnection? connection)
    {
        var old = _connection;
        _connection = connection;
        return old;
    }

    /// <summary>The launcher forgets a sandbox, and kills it where it lives.</summary>
    public void Release(ulong id)
    {
        var message = new Envelope { Kind = MessageKind.Release, Id = id };
        _connection?.TrySend(in message);
    }

    /// <summary>The launcher kills a sandbox and remembers why.</summary>
    public void Kill(ulong id, KillReason reason, long timeNs)
    {
        var message = new KillMessage { Reason = (int)reason, TimeNs = timeNs };
        message.Envelope.Kind = MessageKind.Kill;
        message.Envelope.Id = id;
        _connection?.TrySend(in message);
    }

    /// <summary>Takes in at once what the launcher has said; on the loop's thread.</summary>
    public void ReadPending() => _connection?.ReadPending();

    public void Send<T>(in T message, ReadOnlySpan<SafeFileHandle> descriptors = default)
        where T : unmanaged => Connection.Send(in message, descriptors);
}
