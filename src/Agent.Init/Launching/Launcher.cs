using System;

namespace Corral.Agent.Init;

/// <summary>The loop: the agent's requests, the cloner's results, deaths of sandboxes, and the clock. It never blocks on any of them.</summary>
internal static unsafe class Launcher
{
    // What an epoll event is about; sandboxes follow from FirstSandbox by their place in the table.
    private const int Listener = 0, Agent = 1, ClonerSocket = 2, Timer = 3, FirstSandbox = 16;
    private const int MaxEvents = 64, MessagesAtOnce = 16;
    private const long SendTimeoutSeconds = 1;

    internal struct Descriptors
    {
        public int StateDirectory, Listener, StartLog, MountNamespace, Cloner;
    }

    private static Descriptors _fds;
    private static int _epoll;
    private static int _agent;
    private static bool _wasAttached;

    /// <summary>The agent has been told what there is; before, it takes nothing else for an answer.</summary>
    private static bool _wasGreeted;

    private static byte* _message;

    /// <summary>Returns the exit code.</summary>
    public static int Run(Descriptors* fds, long leaseEndNs)
    {
        _fds = *fds;
        _agent = -1;
        _message = Kernel.Allocate(Protocol.MaxMessage);
        SandboxTable.Initialize();
        Workspaces.Initialize();
        _epoll = (int)Kernel.Call(Sys.EpollCreate1, Poll.EpollCloexec);
        Watch(_fds.Listener, Listener);
        Watch(_fds.Cloner, ClonerSocket);
        Watch(Watchdog.Initialize(leaseEndNs), Timer);
        var events = stackalloc EpollEvent[MaxEvents];
        while (true)
        {
            var count = (int)Kernel.Call(Sys.EpollWait, _epoll, (nint)events, MaxEvents, -1);
            for (var i = 0; i < count; i++)
            {
                if (!Handle((int)events[i].Data))
                    return Leave(ExitCodes.ClonerGone);
            }

            if (_agent < 0 && IsOfNoUse())
                return Leave(0);
        }
    }

    /// <summary>
    /// Kills every process of a sandbox; the first reason is the one remembered. The agent is told before: when it sees the death, the reason is there to be read.
    /// </summary>
    public static void Kill(SandboxEntry* entry, int reason, long timeNs)
    {
        if (entry->KillReason == 0 && entry->State == SandboxState.Step)
        {
            entry->KillReason = reason;
            entry->KilledNs = timeNs;
            KillMessage message = default;
            message.Envelope.Kind = MessageKind.Killed;
            message.Envelope.Id = entry->Id;
            message.Reason = reason;
            message.TimeNs = timeNs;
            SendToAgent(&message, sizeof(KillMessage), null, 0);
        }

        Kernel.Write(entry->Kill, Kernel.Text("1"u8), 1);
    }

    private static bool Handle(int what)
    {
        switch (what)
        {
            case Listener:
                Accept();
                return true;
            case Agent:
                ReceiveFromAgent();
                return true;
            case ClonerSocket:
                return ReceiveFromCloner();
            case Timer:
                Watchdog.Fire();
                return true;
            default:
                Died(SandboxTable.At(what - FirstSandbox));
                return true;
        }
    }

    /// <summary>Without an agent: nothing left to hand over, or no right left to keep it.</summary>
    private static bool IsOfNoUse()
    {
        // Once the lease has ended, the watchdog has killed what ran; its ends are still to be seen and logged.
        var leaseHasEnded = Watchdog.LeaseHasEnded(Kernel.Now());
        if (!leaseHasEnded && (!_wasAttached || Workspaces.Count > 0))
            return false;
        for (var i = 0; i < SandboxTable.End; i++)
        {
            if (SandboxTable.At(i)->State == SandboxState.Step && (!leaseHasEnded || SandboxTable.At(i)->DeadNs == 0))
                return false;
        }

        return true;
    }

    /// <summary>What still lives dies with the cloner; cgroup.kill does not wait for that.</summary>
    private static int Leave(int code)
    {
        for (var i = 0; i < SandboxTable.End; i++)
        {
            var entry = SandboxTable.At(i);
            if (entry->State != SandboxState.Free && entry->Kill >= 0)
                Kernel.Write(entry->Kill, Kernel.Text("1"u8), 1);
        }

        Kernel.Call(Sys.Unlinkat, _fds.StateDirectory, (nint)Kernel.Text("launcher.sock"u8));
        return code;
    }

    private static void Watch(int fd, int what)
    {
        EpollEvent request;
        request.Events = Poll.EpollIn;
        request.Data = (ulong)(uint)what;
        Kernel.Call(Sys.EpollCtl, _epoll, Poll.EpollAdd, fd, (nint)(&request));
    }

    private static void Accept()
    {
        var connection = (int)Kernel.Call(Sys.Accept4, _fds.Listener, 0, 0, Sockets.CloseOnExec);
        if (connection < 0)
            return;
        PeerCredentials peer = default;
        var size = sizeof(PeerCredentials);
        Kernel.Call(Sys.Getsockopt, connection, Sockets.SolSocket, Sockets.PeerCredentials, (nint)(&peer), (nint)(&size));
        // An agent that was killed may have its end of stream still waiting behind this event.
        if (_agent >= 0 && IsHungUp(_agent))
            Detach();
        if (peer.Uid != (int)Kernel.Call(Sys.Geteuid) || _agent >= 0)
        {
            Kernel.Close(connection);
            return;
        }

        // A stopped agent must not stop its watchdog: a send that takes this long costs it the connection.
        TimeSpec timeout = default;
        timeout.Seconds = SendTimeoutSeconds;
        Kernel.Call(Sys.Setsockopt, connection, Sockets.SolSocket, Sockets.SendTimeout, (nint)(&timeout), sizeof(TimeSpec));
        _agent = connection;
        _wasAttached = true;
        Watch(connection, Agent);
    }

    private static bool IsHungUp(int fd)
    {
        PollEntry entry;
        entry.Fd = fd;
        entry.Events = 0;
        entry.Seen = 0;
        return Kernel.Call(Sys.Poll, (nint)(&entry), 1, 0) > 0 && (entry.Seen & Poll.HangUp) != 0;
    }

    /// <summary>The agent is gone: its unused sandboxes go too, its steps stay for the next one.</summary>
    private static void Detach()
    {
        Kernel.Close(_agent);
        _agent = -1;
        _wasGreeted = false;
        for (var i = 0; i < SandboxTable.End; i++)
        {
            var entry = SandboxTable.At(i);
            if (entry->State is SandboxState.Creating or SandboxState.Warm)
                Forget(entry);
        }
    }

    private static void SendToAgent(void* message, int length, int* fds, int fdCount)
    {
        if (_wasGreeted && Packets.Send(_agent, message, length, fds, fdCount) < 0)
            Detach();
    }

    private static void ReceiveFromAgent()
    {
        var fds = stackalloc int[Protocol.MaxDescriptors + 3];
        for (var i = 0; i < MessagesAtOnce && _agent >= 0; i++)
        {
            var fdCount = 0;
            var length = Packets.Receive(_agent, _message, Protocol.MaxMessage, fds, &fdCount, Sockets.MsgDontWait);
            if (length == -Errno.Again)
                return;
            if (length < sizeof(Envelope))
            {
                Detach();
                return;
            }

            Obey((Envelope*)_message, (int)length, fds, fdCount);
        }
    }

    private static void Obey(Envelope* message, int length, int* fds, int fdCount)
    {
        switch (message->Kind)
        {
            case MessageKind.Dispatch when length == sizeof(DispatchMessage):
                Dispatch((DispatchMessage*)message);
                return;
            case MessageKind.CreateSandbox when length > sizeof(CreateMessage) - Protocol.LayersBytes && fdCount >= CreateMessage.FixedDescriptors:
                Create((CreateMessage*)message, length, fds, fdCount);
                return;
            case MessageKind.Release:
                var released = SandboxTable.Find(message->Id);
                if (released != null)
                    Forget(released);
                break;
            case MessageKind.Kill when length == sizeof(KillMessage):
                var killed = SandboxTable.Find(message->Id);
                if (killed != null && killed->Pidfd >= 0 && killed->DeadNs == 0)
                    Kill(killed, ((KillMessage*)message)->Reason, ((KillMessage*)message)->TimeNs);
                break;
            case MessageKind.RenewLease when length == sizeof(LeaseMessage):
                Watchdog.LeaseEndNs = ((LeaseMessage*)message)->EndNs;
                Watchdog.Arm(Watchdog.LeaseEndNs);
                break;
            case MessageKind.MakeWorkspace when length == sizeof(WorkspaceMessage):
                MakeWorkspace((WorkspaceMessage*)message);
                break;
            case MessageKind.RemoveWorkspace:
                message->Errno = (int)-Workspaces.Remove(message->Id);
                message->Kind = MessageKind.WorkspaceRemoved;
                SendToAgent(message, sizeof(Envelope), null, 0);
                break;
            case MessageKind.Hello when length == sizeof(HelloMessage):
                Adoption.HandOver(_agent);
                _wasGreeted = true;
                break;
            default:
                // Another version of the protocol, or a bug: neither may go on.
                Detach();
                break;
        }

        Packets.CloseAll(fds, fdCount);
    }

    private static void Create(CreateMessage* message, int length, int* fds, int fdCount)
    {
        var entry = SandboxTable.Add(message->Envelope.Id);
        if (entry == null)
        {
            Packets.CloseAll(fds, fdCount);
            Refuse(message->Envelope.Id, SetupStep.TableFull, Errno.NoSpace);
            return;
        }

        Bytes.Copy(entry->Group, message->Group, Protocol.GroupNameBytes);
        entry->Kill = fds[1];
        entry->StdoutRead = fds[2];
        entry->StderrRead = fds[3];
        entry->StdoutKept = fds[4];
        entry->StderrKept = fds[5];
        // What the cloner needs: the group, the write ends, the v1 files.
        var passed = fds + CreateMessage.FixedDescriptors - Cloner.FixedDescriptors;
        passed[0] = fds[0];
        var passedCount = fdCount - CreateMessage.FixedDescriptors + Cloner.FixedDescriptors;
        Packets.Send(_fds.Cloner, message, length, passed, passedCount);
        Packets.CloseAll(passed, passedCount);
    }

    private static bool ReceiveFromCloner()
    {
        CreatedMessage created;
        var fds = stackalloc int[Protocol.MaxDescriptors + 3];
        var fdCount = 0;
        var length = Packets.Receive(_fds.Cloner, &created, sizeof(CreatedMessage), fds, &fdCount, Sockets.MsgDontWait);
        if (length == -Errno.Again)
            return true;
        if (length != sizeof(CreatedMessage))
            return false;
        var entry = SandboxTable.Find(created.Envelope.Id);
        if (entry == null || fdCount != Cloner.ResultDescriptors)
        {
            Packets.CloseAll(fds, fdCount);
            if (entry != null)
                SandboxTable.Remove(entry);
            Refuse(created.Envelope.Id, created.Step, created.Envelope.Errno);
            return true;
        }

        entry->Control = fds[0];
        entry->Pidfd = fds[1];
        entry->Go = fds[2];
        entry->Scratch = fds[3];
        entry->Pid = created.Pid;
        entry->State = SandboxState.Warm;
        Watch(entry->Pidfd, FirstSandbox + SandboxTable.IndexOf(entry));
        if (entry->Forgotten != 0)
        {
            // Every request gets one answer, or the agent would wait for it and keep the group.
            Forget(entry);
            Refuse(created.Envelope.Id, SetupStep.Released, Errno.Canceled);
            return true;
        }

        SendToAgent(&created, sizeof(CreatedMessage), fds, 2);
        return true;
    }

    private static void Refuse(ulong id, SetupStep step, int errno)
    {
        CreatedMessage created = default;
        created.Envelope.Kind = MessageKind.Created;
        created.Envelope.Id = id;
        created.Envelope.Errno = errno;
        created.Step = step;
        SendToAgent(&created, sizeof(CreatedMessage), null, 0);
    }

    private static void Dispatch(DispatchMessage* message)
    {
        var entry = SandboxTable.Find(message->Envelope.Id);
        if (entry == null || entry->State != SandboxState.Warm || entry->DeadNs != 0)
            return;
        var go = Admit(entry, message);
        entry->Note = message->Note;
        entry->State = SandboxState.Step;
        if (go == Protocol.Go)
        {
            StartLog.Write(_fds.StartLog, &entry->Note, Kernel.Now(), Kernel.Text("start"u8));
            Watchdog.Arm(entry->Note.WallDeadlineNs);
        }

        Kernel.Write(entry->Go, &go, sizeof(ulong));
    }

    /// <summary>Prepares a sandbox for its step; returns what to write into its go.</summary>
    private static ulong Admit(SandboxEntry* entry, DispatchMessage* message)
    {
        if (Watchdog.LeaseHasEnded(Kernel.Now()))
            return Refusal(StartPhases.Lease, -Errno.TimedOut);
        nint error;
        if (message->ScratchBytes != 0 && (error = FileSystems.Resize(entry->Scratch, message->ScratchBytes, message->ScratchInodes)) < 0)
            return Refusal(StartPhases.Scratch, error);
        if (message->Note.Workspace != 0 &&
            (error = Workspaces.AttachTo(entry->Pidfd, _fds.MountNamespace, message->Note.Workspace, message->Note.WorkspaceReadOnly != 0)) < 0)
            return Refusal(StartPhases.Workspace, error);
        return Protocol.Go;
    }

    private static ulong Refusal(int phase, nint error) => ((ulong)phase << 16) | (ulong)-error;

    /// <summary>A pidfd became readable: PID 1 is dead, and with it every process of its namespace.</summary>
    private static void Died(SandboxEntry* entry)
    {
        if (entry->State == SandboxState.Free || entry->DeadNs != 0)
            return;
        entry->DeadNs = Kernel.Now();
        Kernel.Call(Sys.EpollCtl, _epoll, Poll.EpollDelete, entry->Pidfd);
        if (entry->State == SandboxState.Step)
            StartLog.Write(_fds.StartLog, &entry->Note, entry->DeadNs, Kernel.Text("end"u8));
        // Its scratch is memory that nobody can reach any more.
        Kernel.Close(entry->Scratch);
        entry->Scratch = -1;
        if (entry->Forgotten != 0)
            SandboxTable.Remove(entry);
    }

    /// <summary>Ends it if it lives, and removes it when it is dead.</summary>
    private static void Forget(SandboxEntry* entry)
    {
        entry->Forgotten = 1;
        if (entry->DeadNs != 0)
            SandboxTable.Remove(entry);
        else if (entry->State != SandboxState.Creating)
            Kernel.Write(entry->Kill, Kernel.Text("1"u8), 1);
    }

    private static void MakeWorkspace(WorkspaceMessage* message)
    {
        var root = Workspaces.Make(message);
        Envelope reply;
        reply.Kind = MessageKind.WorkspaceMade;
        reply.Id = message->Envelope.Id;
        reply.Errno = root < 0 ? -root : 0;
        SendToAgent(&reply, sizeof(Envelope), &root, root < 0 ? 0 : 1);
        Kernel.Close(root);
    }
}
