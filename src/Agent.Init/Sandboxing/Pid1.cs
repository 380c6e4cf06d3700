using System;

namespace Corral.Agent.Init;

/// <summary>PID 1 of a sandbox. Warm, it has built everything and waits for the one message that starts a step; then it reaps, reports and exits, and the
/// kernel kills whatever is left in its pid namespace. It is root without capabilities but three, under the same filter as the step.</summary>
internal static unsafe class Pid1
{
    // One region, touched only as far as it is used: the message, pointers of argv and environment, the stack of the child.
    private const int PointersAt = 64 * 1024, PointersEnd = 1024 * 1024, StackEnd = PointersEnd + 64 * 1024;
    private const int MaxPointers = (PointersEnd - PointersAt) / 8 - 8;
    private const int MaxKept = 16;

    /// <summary>Descriptors and settings that come by inheritance from the cloner.</summary>
    internal struct Inheritance
    {
        public CreateMessage* Create;
        public int* AttachFiles;
        public int Control, Go, Scratch, Network, Stdout, Stderr, Cloner;
        public BpfProgram* Filter;
    }

    public static void Run(Inheritance* inherited)
    {
        // SIG_IGN of SIGCHLD survives CLONE_CLEAR_SIGHAND, which resets handlers only; with it wait4 would lose the status.
        Kernel.IgnoreChildren(false);
        ReadyMessage ready = default;
        ready.Kind = MessageKind.Ready;
        var signals = -1;
        var nothing = -1;
        ready.Errno = (int)-SetUp(inherited, &ready.Step, &signals, &nothing);
        Packets.Send(inherited->Control, &ready, sizeof(ReadyMessage), null, 0);
        if (ready.Errno != 0)
            Kernel.Exit(ExitCodes.SetUpFailed);
        Serve(inherited, signals, nothing);
    }

    private static nint SetUp(Inheritance* inherited, SetupStep* step, int* signals, int* nothing)
    {
        var create = inherited->Create;
        // Controllers on v1: PID 1 enters its groups itself, before it owns anything, so there is no race with a pid and nobody waits for the grace
        // period. The cgroup namespace comes after, else it would show the launcher's own groups as the way up.
        for (var i = 0; i < create->AttachFiles; i++)
        {
            var written = Kernel.Write(inherited->AttachFiles[i], Kernel.Text("0"u8), 1);
            if (written < 0)
                return At(step, SetupStep.AttachGroup, written);
        }

        nint error;
        if (create->AttachFiles > 0 && (error = Kernel.Call(Sys.Unshare, (nint)CloneFlags.NewCgroup)) != 0)
            return At(step, SetupStep.CgroupNamespace, error);
        // Made beforehand, see SpareParts: nothing else has ever been in it.
        if ((error = Kernel.Call(Sys.Setns, inherited->Network, (nint)CloneFlags.NewNet)) != 0)
            return At(step, SetupStep.Network, error);
        CloseInherited(inherited);

        error = Rootfs.Enter(create, inherited->Scratch);
        if (error != 0)
            return At(step, Rootfs.FailedStep, error);
        Kernel.Close(inherited->Scratch);
        var name = Kernel.Text("sandbox"u8);
        if ((error = Kernel.Call(Sys.Sethostname, (nint)name, Bytes.Length(name))) != 0)
            return At(step, SetupStep.Hostname, error);
        *nothing = Kernel.Open(Kernel.Text("/dev/null"u8), OpenFlags.ReadOnly);
        if (*nothing < 0)
            return At(step, SetupStep.NullDevice, *nothing);
        *signals = OpenChildSignals();
        if (*signals < 0)
            return At(step, SetupStep.SignalDescriptor, *signals);

        if ((error = Kernel.Call(Sys.Prctl, Prctl.SetNoNewPrivs, 1)) != 0)
            return At(step, SetupStep.NoNewPrivileges, error);
        if ((error = Kernel.Call(Sys.Seccomp, 1, 0, (nint)inherited->Filter)) != 0)
            return At(step, SetupStep.Seccomp, error);
        if ((error = Capabilities.KeepOnlyPid1s()) != 0)
            return At(step, SetupStep.Capabilities, error);

        // Last, because a change of credentials clears it; then look, because the cloner may have died before it was set.
        if ((error = Kernel.Call(Sys.Prctl, Prctl.SetParentDeathSignal, Signals.Kill)) != 0)
            return At(step, SetupStep.ParentDeathSignal, error);
        if (Kernel.HasEnded(inherited->Cloner))
            return At(step, SetupStep.LauncherGone, -Errno.Stale);
        Kernel.Close(inherited->Cloner);
        return 0;
    }

    private static nint At(SetupStep* step, SetupStep failed, nint error)
    {
        *step = failed;
        return error;
    }

    /// <summary>The clone copied every descriptor of the cloner; only this sandbox's own may stay.</summary>
    private static void CloseInherited(Inheritance* inherited)
    {
        var kept = stackalloc int[MaxKept];
        var count = 0;
        Keep(kept, &count, inherited->Control);
        Keep(kept, &count, inherited->Go);
        Keep(kept, &count, inherited->Scratch);
        Keep(kept, &count, inherited->Stdout);
        Keep(kept, &count, inherited->Stderr);
        Keep(kept, &count, inherited->Cloner);
        // 0, 1 and 2 are /dev/null: a message's descriptors must not take the numbers that the child then dups over.
        var from = 3;
        for (var i = 0; i < count; i++)
        {
            if (kept[i] > from)
                Kernel.Call(Sys.CloseRange, from, kept[i] - 1);
            from = kept[i] + 1;
        }

        Kernel.Call(Sys.CloseRange, from, Limits.LastDescriptor);
    }

    /// <summary>Inserts in order.</summary>
    private static void Keep(int* kept, int* count, int fd)
    {
        var at = (*count)++;
        for (; at > 0 && kept[at - 1] > fd; at--)
            kept[at] = kept[at - 1];
        kept[at] = fd;
    }

    private static int OpenChildSignals()
    {
        var mask = 1UL << (Signals.Child - 1);
        Kernel.BlockSignals(mask);
        return (int)Kernel.Call(Sys.Signalfd4, -1, (nint)(&mask), Signals.KernelSetBytes, OpenFlags.NonBlock | OpenFlags.CloseOnExec);
    }

    private static void Serve(Inheritance* inherited, int signals, int nothing)
    {
        var region = Kernel.Allocate(StackEnd);
        if (region == null)
            Kernel.Exit(ExitCodes.OutOfMemory);
        Processors processors;
        Processors.ReadOwn(&processors);
        // A page fault costs more than a system call, and now nobody waits: what the usual start needs of the region.
        region[0] = region[PointersAt] = region[StackEnd - 1] = 0;
        var fds = stackalloc int[Protocol.MaxDescriptors + 3];
        var fdCount = 0;
        var start = (StartMessage*)region;
        var length = Packets.Receive(inherited->Control, region, Protocol.MaxMessage, fds, &fdCount);
        if (length <= 0)
            Kernel.Exit(ExitCodes.NobodyAttached);

        EndedMessage ended = default;
        ended.Kind = MessageKind.Ended;
        ended.Phase = StartPhases.Message;
        ended.Errno = Errno.Protocol;
        StepExec.Context context = default;
        context.Processors = &processors;
        if (length >= sizeof(StartMessage) && start->Kind == MessageKind.Start)
            ended.Errno = Prepare(inherited, start, (int)length, fds, fdCount, nothing, (byte**)(region + PointersAt), &context);
        if (ended.Errno == 0)
        {
            // Left to itself the kernel starts the child on an idle processor, which takes longer to wake than the child needs until execve.
            Processors.Stay(&processors);
            // clone3 is denied by our own filter, hence clone(2). The child borrows this memory and runs alone until it has exec'ed or failed.
            var pid = (int)Stubs.CloneOnStack((nint)(CloneFlags.Vm | CloneFlags.Vfork) | Signals.Child, (nint)(region + StackEnd), &StepExec.Run, (nint)(&context));
            ended.StartedNs = Kernel.Now();
            Processors.Use(&processors);
            ended.Phase = pid < 0 ? StartPhases.Fork : context.Phase;
            ended.Errno = pid < 0 ? -pid : context.Errno;
            ended.FileIndex = context.FileIndex;
            if (ended.Phase == 0)
            {
                // Readers of the output see its end when the step's own writers are gone.
                Packets.CloseAll(fds, fdCount);
                Kernel.Close(inherited->Stdout);
                Kernel.Close(inherited->Stderr);
                Kernel.Close(inherited->Go);
                Reaper.WaitFor(pid, inherited->Control, signals, start->WallDeadlineNs + Protocol.DeadlineMarginNs, &ended);
            }
        }

        if (ended.Phase != 0)
            ended.StartedNs = 0;
        FileSystemStatus status;
        if (Kernel.Call(Sys.Statfs, (nint)Kernel.Text("/"u8), (nint)(&status)) == 0)
        {
            ended.ScratchFreeBytes = status.BlocksFree * status.BlockSize;
            ended.ScratchFreeInodes = status.FilesFree;
        }

        Packets.Send(inherited->Control, &ended, sizeof(EndedMessage), null, 0, Sockets.MsgDontWait);
        Kernel.Exit(0);
    }

    /// <summary>Returns an errno, not negative.</summary>
    private static int Prepare(Inheritance* inherited, StartMessage* start, int length, int* fds, int fdCount, int nothing, byte** pointers, StepExec.Context* context)
    {
        var next = 0;
        var data = (byte*)(start + 1);
        if (start->HasMemfd != 0)
        {
            if (fdCount == 0)
                return Errno.Protocol;
            data = Kernel.MapReadOnly(fds[next++], start->DataLength);
            if (data == null)
                return Errno.NoMemory;
        }
        else if (length != sizeof(StartMessage) + start->DataLength)
        {
            return Errno.Protocol;
        }

        if (start->ArgumentCount + start->VariableCount > MaxPointers)
            return Errno.TooBig;
        context->Start = start;
        context->Data = data;
        context->Stdin = start->HasStdin != 0 ? fds[next++] : nothing;
        context->Stdout = inherited->Stdout;
        context->Stderr = inherited->Stderr;
        context->Go = inherited->Go;
        context->Contents = fds + next;
        context->ContentCount = fdCount - next;
        context->Arguments = pointers;
        context->Environment = Point(pointers, data + start->ArgumentsOffset, start->ArgumentCount);
        Point(context->Environment, data + start->VariablesOffset, start->VariableCount);
        return 0;
    }

    /// <summary>Fills an array of pointers to consecutive strings and ends it with null; returns what follows it.</summary>
    private static byte** Point(byte** pointers, byte* text, int count)
    {
        for (var i = 0; i < count; i++)
        {
            *pointers++ = text;
            text += Bytes.Length(text) + 1;
        }

        *pointers++ = null;
        return pointers;
    }
}
