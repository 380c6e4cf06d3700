using System;

namespace Corral.Agent.Init;

/// <summary>What a sandbox needs and the cloner can make beforehand, while nobody waits: a network namespace (half of what a clone costs) and a scratch
/// tmpfs. Each goes into one sandbox and is never seen again.</summary>
internal static unsafe class SpareParts
{
    private const int GetSocketNamespace = 0x894C; // SIOCGSKNS: a descriptor of the network namespace a socket belongs to

    private static int _home;
    private static int _network;
    private static int _scratch;
    private static long _scratchBytes, _scratchInodes;

    /// <summary>Remembers the cloner's own network namespace, to return to. Returns 0 or -errno.</summary>
    public static nint Initialize()
    {
        _network = _scratch = -1;
        var socket = (int)Kernel.Call(Sys.Socket, Sockets.AfInet, Sockets.Datagram | Sockets.CloseOnExec);
        if (socket < 0)
            return socket;
        _home = NamespaceOf(socket);
        Kernel.Close(socket);
        return _home < 0 ? _home : 0;
    }

    /// <summary>A descriptor of a network namespace that nothing has used, its loopback up; or -errno.</summary>
    public static int TakeNetwork()
    {
        var network = _network >= 0 ? _network : MakeNetwork();
        _network = -1;
        return network;
    }

    /// <summary>An empty scratch of that size with its directories; or -errno.</summary>
    public static int TakeScratch(long bytes, long inodes)
    {
        if (_scratch < 0 || bytes != _scratchBytes || inodes != _scratchInodes)
        {
            Kernel.Close(_scratch);
            _scratch = MakeScratch(bytes, inodes);
        }

        var scratch = _scratch;
        _scratch = -1;
        return scratch;
    }

    /// <summary>Makes one of each for the next sandbox, which most likely is like the last. What fails here is tried again when it is needed.</summary>
    public static void Refill()
    {
        if (_network < 0)
            _network = MakeNetwork();
        if (_scratch < 0 && _scratchBytes != 0)
            _scratch = MakeScratch(_scratchBytes, _scratchInodes);
    }

    private static int MakeScratch(long bytes, long inodes)
    {
        _scratchBytes = bytes;
        _scratchInodes = inodes;
        var scratch = FileSystems.NewTmpfs(bytes, inodes, NewMount.AttrNoSuid | NewMount.AttrNoDev);
        if (scratch < 0)
            return scratch;
        // Upper and work directory of the overlay, and /dev/shm.
        Kernel.Call(Sys.Mkdirat, scratch, (nint)Kernel.Text("u"u8), 0x1ed);
        Kernel.Call(Sys.Mkdirat, scratch, (nint)Kernel.Text("w"u8), 0x1ed);
        Kernel.Call(Sys.Mkdirat, scratch, (nint)Kernel.Text("s"u8), 0x3ff);
        return scratch;
    }

    private static int MakeNetwork()
    {
        var error = Kernel.Call(Sys.Unshare, (nint)CloneFlags.NewNet);
        if (error < 0)
            return (int)error;
        var socket = (int)Kernel.Call(Sys.Socket, Sockets.AfInet, Sockets.Datagram | Sockets.CloseOnExec);
        var network = socket;
        if (socket >= 0)
        {
            error = RaiseLoopback(socket);
            network = error < 0 ? (int)error : NamespaceOf(socket);
            Kernel.Close(socket);
        }

        // A cloner that cannot go home would keep this namespace in use for ever.
        if (Kernel.Call(Sys.Setns, _home, (nint)CloneFlags.NewNet) < 0)
            Kernel.Exit(ExitCodes.CannotStart);
        return network;
    }

    private static int NamespaceOf(int socket) => (int)Kernel.Call(Sys.Ioctl, socket, GetSocketNamespace);

    private static nint RaiseLoopback(int socket)
    {
        const int setFlags = 0x8914, upAndRunning = 0x41; // SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
        InterfaceRequest request = default;
        request.Name[0] = (byte)'l';
        request.Name[1] = (byte)'o';
        request.Flags = upAndRunning;
        return Kernel.Call(Sys.Ioctl, socket, setFlags, (nint)(&request));
    }
}
