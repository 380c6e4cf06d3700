using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>The agent's end of the socket to the launcher. Requests are not answered one by one: any number may be under way.</summary>
internal sealed class LauncherConnection : IEventSource, IDisposable
{
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(5);

    private const int SocketTag = 0;
    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle? _launcher;
    private readonly SafeFileHandle? _cloner;
    private readonly byte[] _buffer = new byte[Init.Protocol.MaxMessage];
    private ILauncherEvents? _events;
    private EventLoop? _loop;
    private long _source;
    private volatile bool _isDisposed;

    private LauncherConnection(SafeFileHandle socket, HelloMessage welcome)
    {
        _socket = socket;
        LauncherProcessId = welcome.Launcher;
        ClonerProcessId = welcome.Cloner;
        _launcher = PacketSocket.TryOpenProcess(welcome.Launcher);
        _cloner = PacketSocket.TryOpenProcess(welcome.Cloner);
    }

    /// <summary>Steps left by an earlier agent process.</summary>
    public List<AdoptedSandbox> Adopted { get; } = [];

    /// <summary>Workspaces left by an earlier agent process.</summary>
    public List<(ulong Id, SafeFileHandle Root)> AdoptedWorkspaces { get; } = [];

    public int LauncherProcessId { get; }

    public int ClonerProcessId { get; }

    /// <summary>Both live; where one does not, the kernel kills every sandbox.</summary>
    public bool IsAlive => !_isDisposed && _launcher is not null && _cloner is not null && !PacketSocket.WaitReadable(_launcher, TimeSpan.Zero) && !PacketSocket.WaitReadable(_cloner, TimeSpan.Zero);

    /// <summary>Says hello, and takes over what the launcher holds. The socket is disposed where that fails.</summary>
    public static LauncherConnection Open(SafeFileHandle socket)
    {
        try
        {
            var hello = new HelloMessage { Version = Init.Protocol.Version };
            hello.Envelope.Kind = MessageKind.Hello;
            var errno = PacketSocket.TrySend(socket, AsBytes(in hello), []);
            if (errno != 0) throw TurnedAway(errno);
            var buffer = new byte[Init.Protocol.MaxMessage];
            Span<int> descriptors = stackalloc int[PacketSocket.MaxDescriptors];
            var welcome = MemoryMarshal.Read<HelloMessage>(Receive(socket, buffer, descriptors, MessageKind.Welcome, out _));
            if (welcome.Version != Init.Protocol.Version)
                throw new SandboxException(SandboxStep.TalkToLauncher, "the running launcher", $"it speaks version {welcome.Version} of the protocol, this agent {Init.Protocol.Version}. Let its steps end, or its lease, and start the agent again.");
            var connection = new LauncherConnection(socket, welcome);
            while (true)
            {
                var message = Receive(socket, buffer, descriptors, MessageKind.None, out var count);
                switch (MemoryMarshal.Read<Envelope>(message).Kind)
                {
                    case MessageKind.Adopted:
                        connection.Adopted.Add(new AdoptedSandbox(MemoryMarshal.Read<AdoptedMessage>(message), Own(descriptors[..count])));
                        break;
                    case MessageKind.AdoptedWorkspace:
                        if (count == 1) connection.AdoptedWorkspaces.Add((MemoryMarshal.Read<Envelope>(message).Id, Own(descriptors[..1])[0]));
                        break;
                    default:
                        return connection;
                }
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to hand what comes to <paramref name="events"/>.</summary>
    public void Listen(EventLoop loop, ILauncherEvents events)
    {
        _events = events;
        _loop = loop;
        _source = loop.Add(this);
        loop.Watch(_source, SocketTag, _socket);
    }

    /// <summary>Sends a request; throws where the launcher is gone.</summary>
    public void Send<T>(in T message, ReadOnlySpan<SafeFileHandle> descriptors = default)
        where T : unmanaged => SendBytes(AsBytes(in message), descriptors);

    /// <summary>As <see cref="Send{T}"/>, for messages of which only a part is sent.</summary>
    public void SendBytes(ReadOnlySpan<byte> message, ReadOnlySpan<SafeFileHandle> descriptors)
    {
        var errno = PacketSocket.TrySend(_socket, message, descriptors);
        if (errno != 0) throw Broken(errno);
    }

    /// <summary>Sends what may be lost with the launcher itself.</summary>
    public void TrySend<T>(in T message)
        where T : unmanaged
    {
        if (!_socket.IsClosed) _ = PacketSocket.TrySend(_socket, AsBytes(in message), []);
    }

    public void OnReady(int tag)
    {
        Span<int> descriptors = stackalloc int[PacketSocket.MaxDescriptors];
        while (true)
        {
            var length = PacketSocket.TryReceive(_socket, _buffer, descriptors, out var count);
            if (length == -Errno.EAGAIN) break;
            if (length < Unsafe.SizeOf<Envelope>())
            {
                _loop!.Remove(_source);
                _events!.OnLost();
                return;
            }

            Handle(_buffer.AsSpan(0, length), descriptors[..count]);
        }

        _loop!.WatchAgain(_source, tag, _socket);
    }

    /// <summary>Takes in at once what the launcher has said; on the loop's thread.</summary>
    public void ReadPending()
    {
        // Before it is listened to, what was kept is being adopted, and each entry says itself why it was killed.
        if (_loop is not null && !_socket.IsClosed) OnReady(SocketTag);
    }

    /// <summary>Waits until the launcher has ended, which it does by itself when it is of no use any more; false where it has not in time.</summary>
    public bool WaitForEnd(TimeSpan time) => _launcher is null || PacketSocket.WaitReadable(_launcher, time);

    /// <summary>Closes the socket only: what <see cref="WaitForEnd"/> needs stays.</summary>
    public void Hangup()
    {
        _loop?.Remove(_source);
        _socket.Dispose();
    }

    public void Dispose()
    {
        _isDisposed = true;
        Hangup();
        _launcher?.Dispose();
        _cloner?.Dispose();
    }

    private static SandboxException Broken(int errno) => new(SandboxStep.TalkToLauncher, "the launcher's socket", errno);

    private static SandboxException TurnedAway(int errno) =>
        new(SandboxStep.TalkToLauncher, "the launcher's socket", errno == 0 ? Errno.EPIPE : errno, "Most likely another agent is attached to this state folder: one at a time.");

    private static ReadOnlySpan<byte> AsBytes<T>(in T message)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in message));

    private static ReadOnlySpan<byte> Receive(SafeFileHandle socket, byte[] buffer, Span<int> descriptors, MessageKind expected, out int count)
    {
        if (!PacketSocket.WaitReadable(socket, AnswerTime))
            throw new SandboxException(SandboxStep.TalkToLauncher, "the launcher's socket", $"it did not answer within {AnswerTime.TotalSeconds} s.");
        var length = PacketSocket.TryReceive(socket, buffer, descriptors, out count);
        if (length < Unsafe.SizeOf<Envelope>())
            throw TurnedAway(-length);
        var kind = MemoryMarshal.Read<Envelope>(buffer).Kind;
        if (expected != MessageKind.None && kind != expected)
            throw new SandboxException(SandboxStep.TalkToLauncher, "the launcher's socket", $"it said {kind} instead of {expected}.");
        return buffer.AsSpan(0, length);
    }

    private static SafeFileHandle[] Own(ReadOnlySpan<int> descriptors)
    {
        var handles = new SafeFileHandle[descriptors.Length];
        for (var i = 0; i < handles.Length; i++) handles[i] = new SafeFileHandle(descriptors[i], ownsHandle: true);
        return handles;
    }

    private void Handle(ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        var handles = Own(descriptors);
        var envelope = MemoryMarshal.Read<Envelope>(message);
        switch (envelope.Kind)
        {
            case MessageKind.Created when handles.Length == 2:
                _events!.OnCreated(MemoryMarshal.Read<CreatedMessage>(message), handles[0], handles[1]);
                break;
            case MessageKind.Created:
                _events!.OnNotCreated(MemoryMarshal.Read<CreatedMessage>(message));
                break;
            case MessageKind.Killed:
                _events!.OnKilled(MemoryMarshal.Read<KillMessage>(message));
                break;
            case MessageKind.WorkspaceMade or MessageKind.WorkspaceRemoved:
                _events!.OnWorkspace(in envelope, handles.Length == 1 ? handles[0] : null);
                break;
            default:
                foreach (var handle in handles) handle.Dispose();
                break;
        }
    }
}
