using System;

namespace Corral.Agent.Init;

/// <summary>Becomes a process of its own session that outlives the agent, and takes the state folder for itself.</summary>
internal static unsafe class Daemon
{
    private const int OwnerOnlyMask = 0x7f, OwnerReadWrite = 0x180, ExclusiveNoWait = 6, Backlog = 8;

    /// <summary>Returns in the process that was started, once the launcher listens or has failed.</summary>
    public static int Start(byte* stateDirectory, long leaseEndNs, byte* startLog)
    {
        Kernel.ResetSignals();
        Kernel.Call(Sys.CloseRange, 3, Limits.LastDescriptor);
        var ready = stackalloc int[2];
        if (Kernel.Call(Sys.Socketpair, Sockets.AfUnix, Sockets.SeqPacket | Sockets.CloseOnExec, 0, (nint)ready) < 0)
            return ExitCodes.CannotStart;
        var child = Kernel.Call(Sys.Fork);
        if (child < 0)
            return ExitCodes.CannotStart;
        if (child > 0)
        {
            Kernel.Close(ready[1]);
            int code;
            return Kernel.Read(ready[0], &code, sizeof(int)) == sizeof(int) ? code : ExitCodes.CannotStart;
        }

        Kernel.Close(ready[0]);
        Kernel.Call(Sys.Setsid);
        var result = Become(stateDirectory, leaseEndNs, startLog, ready[1]);
        Kernel.Write(ready[1], &result, sizeof(int));
        Kernel.Exit(result);
        return result;
    }

    /// <summary>Prints a sentence: what was tried, on what, and the errno.</summary>
    public static void Say(byte* what, byte* target, nint error)
    {
        var line = stackalloc byte[8192];
        var end = Bytes.Append(line, Kernel.Text("corral-init: "u8));
        end = Bytes.Append(end, what);
        if (target != null && Bytes.Length(target) < 4096)
        {
            end = Bytes.Append(end, Kernel.Text(" '"u8));
            end = Bytes.Append(end, target);
            end = Bytes.Append(end, Kernel.Text("'"u8));
        }

        if (error < 0)
        {
            end = Bytes.Append(end, Kernel.Text(": errno "u8));
            end = Bytes.Append(end, -error);
        }

        end = Bytes.Append(end, Kernel.Text(".\n"u8));
        Kernel.Write(2, line, (nint)(end - line));
    }

    /// <summary>Returns only where it fails.</summary>
    private static int Become(byte* stateDirectory, long leaseEndNs, byte* startLog, int ready)
    {
        var error = Kernel.ChangeDirectory(stateDirectory);
        if (error < 0)
            return Failed(Kernel.Text("Entering the state folder failed on"u8), stateDirectory, error);
        Kernel.Call(Sys.Umask, OwnerOnlyMask);

        // The lock, not the socket, says that a launcher lives: a socket file outlives its maker.
        var lockPath = Kernel.Text("launcher.lock"u8);
        var heldLock = (int)Kernel.Call(Sys.Open, (nint)lockPath, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.CloseOnExec, OwnerReadWrite);
        if (heldLock < 0)
            return Failed(Kernel.Text("Opening failed on"u8), lockPath, heldLock);
        if (Kernel.Call(Sys.Flock, heldLock, ExclusiveNoWait) < 0)
        {
            Say(Kernel.Text("A launcher is running already in"u8), stateDirectory, 0);
            return ExitCodes.AlreadyRunning;
        }

        Launcher.Descriptors fds = default;
        fds.StateDirectory = Kernel.Open(Kernel.Text("."u8), OpenFlags.PathOnly | OpenFlags.Directory);
        fds.Listener = Listen();
        if (fds.Listener < 0)
            return Failed(Kernel.Text("Listening failed in"u8), stateDirectory, fds.Listener);
        fds.StartLog = -1;
        if (startLog != null)
        {
            fds.StartLog = (int)Kernel.Call(Sys.Open, (nint)startLog, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.CloseOnExec, 0x1a4);
            if (fds.StartLog < 0)
                return Failed(Kernel.Text("Opening the start log failed on"u8), startLog, fds.StartLog);
        }

        Kernel.Call(Sys.Umask, 0);
        BeKillable();
        RaiseOpenFiles();
        error = LauncherRoot.Enter(stateDirectory, &fds.MountNamespace);
        if (error < 0)
            return Failed(LauncherRoot.FailedStep, stateDirectory, error);
        Capabilities.DropBounding();
        Kernel.IgnoreChildren(true);
        fds.Cloner = Cloner.Start();
        if (fds.Cloner < 0)
            return Failed(Kernel.Text("Starting the cloner failed"u8), null, fds.Cloner);

        var code = 0;
        Kernel.Write(ready, &code, sizeof(int));
        Kernel.Close(ready);
        BeSilent();
        return Launcher.Run(&fds, leaseEndNs);
    }

    private static int Failed(byte* what, byte* target, nint error)
    {
        Say(what, target, error);
        return ExitCodes.CannotStart;
    }

    private static int Listen()
    {
        var socket = (int)Kernel.Call(Sys.Socket, Sockets.AfUnix, Sockets.SeqPacket | Sockets.CloseOnExec);
        if (socket < 0)
            return socket;
        UnixAddress address = default;
        address.Family = Sockets.AfUnix;
        // Relative to the state folder, whose own path may be longer than the 107 bytes an address holds.
        var path = Kernel.Text("launcher.sock"u8);
        Bytes.Append(address.Path, path);
        Kernel.Call(Sys.Unlink, (nint)path);
        var error = Kernel.Call(Sys.Bind, socket, (nint)(&address), sizeof(ushort) + Bytes.Length(path) + 1);
        if (error == 0)
            error = Kernel.Call(Sys.Listen, socket, Backlog);
        return error == 0 ? socket : (int)error;
    }

    /// <summary>A service manager may have made the agent hard to kill for the out-of-memory killer; sandboxes must not inherit that.</summary>
    private static void BeKillable()
    {
        var file = Kernel.Open(Kernel.Text("/proc/self/oom_score_adj"u8), OpenFlags.ReadWrite);
        byte first;
        if (file >= 0 && Kernel.Read(file, &first, 1) == 1 && first == '-')
            Kernel.Write(file, Kernel.Text("0"u8), 1);
        Kernel.Close(file);
    }

    /// <summary>Each sandbox takes about ten descriptors here.</summary>
    private static void RaiseOpenFiles()
    {
        ResourceLimit limit;
        if (Kernel.Call(Sys.Prlimit64, 0, Limits.OpenFiles, 0, (nint)(&limit)) < 0)
            return;
        limit.Soft = limit.Hard;
        Kernel.Call(Sys.Prlimit64, 0, Limits.OpenFiles, (nint)(&limit));
    }

    private static void BeSilent()
    {
        var nothing = Kernel.Open(Kernel.Text("/dev/null"u8), OpenFlags.ReadWrite);
        for (var fd = 0; fd <= 2; fd++)
            Kernel.Call(Sys.Dup3, nothing, fd);
        Kernel.Close(nothing);
    }
}
