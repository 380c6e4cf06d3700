// Theory of operation.
//
// Three kinds of process live in this one file of 40 KB. The launcher listens to the agent, holds every sandbox's descriptors, and is its watchdog.
// The cloner, its child, does nothing but clone, so the launcher is never kept waiting by a clone (a network namespace alone costs 250 µs or more), and what a
// clone copies (descriptors, mounts, pages) stays small and the same however many sandboxes and workspaces there are. PID 1 is what a clone becomes.
//
//   agent ──create──▶ launcher ──create──▶ cloner ──clone3──▶ PID 1: own groups (v1) → network → scratch → overlay → /dev /proc → pivot_root
//     ▲                  │  ◀── control, pidfd, go, scratch ──┘     → hostname → no_new_privs → seccomp → capabilities → PDEATHSIG → Ready
//     │                  │                                            │
//     ├──start + fds ────┼──── control socket ───────────────────────▶├ vfork: stdio, session, uid ─ wait for go
//     └──dispatch───────▶├ note it down, workspace to /box, deadline  │
//                        └──────────────── go (eventfd) ─────────────▶└ files, chdir, rlimits, execve; PID 1 reaps, reports, exits
//
// Order matters in these places:
//  * clone3 puts the child into its cgroup2 group before it exists (CLONE_INTO_CGROUP): nothing it does is ever uncounted, and a write to cgroup.procs
//    of the unified tree (7–15 ms, a grace period) is never needed. v1 groups it enters by itself, see Pid1.
//  * The start message goes to PID 1 before the dispatch goes to the launcher: if the agent dies between the two, the launcher knows of no step, kills
//    the sandbox as unused, and the step never ran. What the launcher has noted down has started; what it has not, never will.
//  * PDEATHSIG is PID 1's last act of set-up; it names the cloner, whose own names the launcher.
//  * The launcher ignores SIGCHLD, so the kernel reaps; the pidfd stays readable and is all that anybody waits on.
using System;

namespace Corral.Agent.Init;

/// <summary>Makes sandboxes on request, one after another.</summary>
internal static unsafe class Cloner
{
    /// <summary>Group directory, write ends of stdout and stderr, then v1 attach files.</summary>
    public const int FixedDescriptors = 3;

    /// <summary>Control socket, pidfd, go, scratch.</summary>
    public const int ResultDescriptors = 4;

    /// <summary>How long nothing must be asked before it is time to make spare parts.</summary>
    private const int QuietMilliseconds = 3;

    /// <summary>The cloner's process.</summary>
    public static int Pid;

    /// <summary>Forks the cloner; returns the launcher's end of the socket to it, or -errno.</summary>
    public static int Start()
    {
        var pair = stackalloc int[2];
        var error = Kernel.Call(Sys.Socketpair, Sockets.AfUnix, Sockets.SeqPacket | Sockets.CloseOnExec, 0, (nint)pair);
        if (error < 0)
            return (int)error;
        var child = Kernel.Call(Sys.Fork);
        if (child < 0)
            return (int)child;
        if (child == 0)
        {
            Run(pair[1]);
            Kernel.Exit(0);
        }

        Pid = (int)child;
        Kernel.Close(pair[1]);
        return pair[0];
    }

    private static void Run(int launcher)
    {
        Kernel.Call(Sys.Prctl, Prctl.SetParentDeathSignal, Signals.Kill);
        // Its own copy of the small root: workspaces, mounted later by the launcher, never appear in it.
        if (Kernel.Call(Sys.Unshare, (nint)CloneFlags.NewNs) < 0)
            return;
        BeAlone(launcher);
        if (SpareParts.Initialize() < 0)
            return;
        var self = (int)Kernel.Call(Sys.PidfdOpen, Kernel.Call(Sys.GetPid));
        var filter = FilterBuilder.Build();
        var message = Kernel.Allocate(Protocol.MaxMessage);
        var fds = stackalloc int[Protocol.MaxDescriptors + 3];
        while (true)
        {
            var fdCount = 0;
            var length = Packets.Receive(launcher, message, Protocol.MaxMessage, fds, &fdCount);
            if (length <= 0)
                return;
            Make((CreateMessage*)message, fds, launcher, self, filter);
            Packets.CloseAll(fds, fdCount);
            // At once where nobody waits: later it would fall into the next step's start, and a network namespace holds its processor for most of a
            // millisecond. Where a step waits, PID 1 and the agent need the processors now.
            if (((CreateMessage*)message)->IsAwaited == 0 || !HasInput(launcher, QuietMilliseconds))
                SpareParts.Refill();
        }
    }

    private static bool HasInput(int socket, int withinMilliseconds)
    {
        PollEntry entry;
        entry.Fd = socket;
        entry.Events = Poll.In;
        entry.Seen = 0;
        return Kernel.Call(Sys.Poll, (nint)(&entry), 1, withinMilliseconds) > 0;
    }

    /// <summary>Keeps 0–2 (/dev/null) and the socket: the launcher's lock, listener and log are not for its children.</summary>
    private static void BeAlone(int launcher)
    {
        var nothing = Kernel.Open(Kernel.Text("/dev/null"u8), OpenFlags.ReadWrite);
        for (var fd = 0; fd <= 2; fd++)
            Kernel.Call(Sys.Dup3, nothing, fd);
        Kernel.Call(Sys.CloseRange, 3, launcher - 1);
        Kernel.Call(Sys.CloseRange, launcher + 1, Limits.LastDescriptor);
    }

    private static void Make(CreateMessage* create, int* fds, int launcher, int self, BpfProgram* filter)
    {
        CreatedMessage created = default;
        created.Envelope.Kind = MessageKind.Created;
        created.Envelope.Id = create->Envelope.Id;
        var results = stackalloc int[ResultDescriptors];
        for (var i = 0; i < ResultDescriptors; i++)
            results[i] = -1;
        var error = Clone(create, fds, self, filter, results, &created);
        created.Envelope.Errno = (int)-error;
        Packets.Send(launcher, &created, sizeof(CreatedMessage), results, error == 0 ? ResultDescriptors : 0);
        Packets.CloseAll(results, ResultDescriptors);
    }

    private static nint Clone(CreateMessage* create, int* fds, int self, BpfProgram* filter, int* results, CreatedMessage* created)
    {
        created->Step = SetupStep.ControlSocket;
        var control = stackalloc int[2];
        var error = Kernel.Call(Sys.Socketpair, Sockets.AfUnix, Sockets.SeqPacket | Sockets.CloseOnExec, 0, (nint)control);
        if (error < 0)
            return error;
        results[0] = control[0];
        created->Step = SetupStep.GoEvent;
        results[2] = (int)Kernel.Call(Sys.Eventfd2, 0, OpenFlags.CloseOnExec);
        created->Step = SetupStep.Scratch;
        results[3] = SpareParts.TakeScratch(create->ScratchBytes, create->ScratchInodes);
        if (results[2] < 0 || results[3] < 0)
        {
            Kernel.Close(control[1]);
            return results[2] < 0 ? results[2] : results[3];
        }

        created->Step = SetupStep.Network;
        var network = SpareParts.TakeNetwork();
        if (network < 0)
        {
            Kernel.Close(control[1]);
            return network;
        }

        created->Step = SetupStep.Clone;
        CloneArgs arguments = default;
        arguments.Flags = CloneFlags.NewNs | CloneFlags.NewPid | CloneFlags.NewIpc | CloneFlags.NewUts | CloneFlags.Pidfd | CloneFlags.ClearSighand | CloneFlags.IntoCgroup;
        if (create->AttachFiles == 0)
            arguments.Flags |= CloneFlags.NewCgroup;
        arguments.Pidfd = (ulong)(results + 1);
        arguments.ExitSignal = Signals.Child;
        arguments.Cgroup = (ulong)fds[0];
        var pid = Kernel.Call(Sys.Clone3, (nint)(&arguments), sizeof(CloneArgs));
        if (pid == 0)
        {
            Pid1.Inheritance inheritance;
            inheritance.Create = create;
            inheritance.AttachFiles = fds + FixedDescriptors;
            inheritance.Control = control[1];
            inheritance.Go = results[2];
            inheritance.Scratch = results[3];
            inheritance.Network = network;
            inheritance.Stdout = fds[1];
            inheritance.Stderr = fds[2];
            inheritance.Cloner = self;
            inheritance.Filter = filter;
            Pid1.Run(&inheritance);
        }

        Kernel.Close(control[1]);
        Kernel.Close(network);
        if (pid < 0)
            return pid;
        created->Step = SetupStep.None;
        created->Pid = (int)pid;
        return 0;
    }
}
