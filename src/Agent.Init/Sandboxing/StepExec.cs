using System;

namespace Corral.Agent.Init;

/// <summary>The child that becomes the command. It runs in PID 1's memory while PID 1 is suspended, so what went wrong is simply written there.</summary>
internal static unsafe class StepExec
{
    private const int PathBytes = 4096, TextBusyTries = 50;
    private const long LockedMemoryBytes = 8 << 20;

    internal struct Context
    {
        public StartMessage* Start;
        public byte* Data;
        public byte** Arguments;
        public byte** Environment;
        public int Stdin, Stdout, Stderr, Go;
        public int* Contents;
        public int ContentCount;

        /// <summary>Where the command may run; the child itself was kept where PID 1 is.</summary>
        public Processors* Processors;

        // What went wrong, if anything.
        public int Phase, Errno, FileIndex;
    }

    public static nint Run(nint argument)
    {
        var context = (Context*)argument;
        var phase = StartPhases.Stdio;
        var error = Become(context, &phase);
        context->Phase = phase;
        context->Errno = (int)-error;
        return ExitCodes.NotStarted;
    }

    /// <summary>Returns only where it fails.</summary>
    private static nint Become(Context* context, int* phase)
    {
        var start = context->Start;
        nint error;
        if ((error = Kernel.Call(Sys.Dup3, context->Stdin, 0)) < 0 || (error = Kernel.Call(Sys.Dup3, context->Stdout, 1)) < 0 || (error = Kernel.Call(Sys.Dup3, context->Stderr, 2)) < 0)
            return error;
        Kernel.Call(Sys.Setsid);

        *phase = StartPhases.Credentials;
        if ((error = Kernel.Call(Sys.Setgroups)) < 0 || (error = Kernel.Call(Sys.Setresgid, start->Gid, start->Gid, start->Gid)) < 0 ||
            (error = Kernel.Call(Sys.Setresuid, start->Uid, start->Uid, start->Uid)) < 0)
            return error;
        Kernel.Call(Sys.Umask, 0x12);

        // Up to here nothing depends on the launcher, which meanwhile attaches the workspace and arms the deadline.
        *phase = StartPhases.Workspace;
        ulong go = 0;
        if ((error = Kernel.Read(context->Go, &go, sizeof(ulong))) < 0)
            return error;
        if (go != Protocol.Go)
        {
            *phase = (int)(go >> 16);
            return -(nint)(go & 0xFFFF);
        }

        *phase = StartPhases.Files;
        if ((error = InputFiles.Write(context)) < 0)
            return error;

        *phase = StartPhases.WorkingDirectory;
        if ((error = Kernel.ChangeDirectory(context->Data + start->DirectoryOffset)) < 0)
            return error;

        *phase = StartPhases.Limits;
        // 1, not 0: a core of size 0 is still piped to a core_pattern program; a limit of 1 keeps that from running.
        if ((error = Lower(Limits.Core, 1)) < 0 || (error = Lower(Limits.Cpu, start->CpuSeconds)) < 0 || (error = Lower(Limits.LockedMemory, LockedMemoryBytes)) < 0 ||
            (error = Set(Limits.Stack, start->StackBytes)) < 0 || (error = Set(Limits.OpenFiles, start->OpenFiles)) < 0)
            return error;
        Kernel.Call(Sys.CloseRange, 3, Limits.LastDescriptor);
        Kernel.BlockSignals(0);

        Processors.Use(context->Processors);
        *phase = StartPhases.Exec;
        return Execute(context);
    }

    /// <summary>What the caller asked for: soft and hard alike, or EPERM where it is above the hard limit of this host.</summary>
    private static nint Set(int resource, long value)
    {
        ResourceLimit limit;
        limit.Soft = limit.Hard = (ulong)value;
        return Kernel.Call(Sys.Prlimit64, 0, resource, (nint)(&limit));
    }

    /// <summary>What we set by ourselves: soft and hard alike; never above the hard limit that was inherited, which takes CAP_SYS_RESOURCE.</summary>
    private static nint Lower(int resource, long value)
    {
        ResourceLimit limit;
        var error = Kernel.Call(Sys.Prlimit64, 0, resource, 0, (nint)(&limit));
        if (error < 0)
            return error;
        if ((ulong)value < limit.Hard)
            limit.Hard = (ulong)value;
        limit.Soft = limit.Hard;
        return Kernel.Call(Sys.Prlimit64, 0, resource, (nint)(&limit));
    }

    private static nint Execute(Context* context)
    {
        var command = context->Arguments[0];
        if (Bytes.Contains(command, (byte)'/'))
            return Execute(context, command);

        // execvp(3): the first that can be executed; a refusal is remembered and told only where nothing later succeeds.
        nint remembered = -Errno.NoEntry;
        var path = FindPath(context->Environment);
        var candidate = stackalloc byte[PathBytes];
        var commandLength = Bytes.Length(command);
        while (true)
        {
            var length = 0;
            while (path[length] != 0 && path[length] != ':')
                length++;
            if (length + commandLength + 2 < PathBytes)
            {
                Bytes.Copy(candidate, path, length);
                var end = candidate + length;
                if (length > 0)
                    *end++ = (byte)'/';
                Bytes.Append(end, command);
                var error = Execute(context, candidate);
                if (error == -Errno.Access)
                    remembered = error;
                else if (error != -Errno.NoEntry && error != -Errno.NotDirectory)
                    return error;
            }

            if (path[length] == 0)
                return remembered;
            path += length + 1;
        }
    }

    private static nint Execute(Context* context, byte* path)
    {
        for (var attempt = 0; ; attempt++)
        {
            var error = Kernel.Call(Sys.Execve, (nint)path, (nint)context->Arguments, (nint)context->Environment);
            // A process forked elsewhere while the file was written still holds it open for writing, for a moment.
            if (error != -Errno.TextBusy || attempt == TextBusyTries)
                return error;
            TimeSpec pause;
            pause.Seconds = 0;
            pause.Nanoseconds = Clocks.NanosecondsPerMillisecond;
            Kernel.Call(Sys.Nanosleep, (nint)(&pause));
        }
    }

    private static byte* FindPath(byte** environment)
    {
        var name = Kernel.Text("PATH="u8);
        for (; *environment != null; environment++)
        {
            if (Bytes.StartsWith(*environment, name))
                return *environment + Bytes.Length(name);
        }

        return Kernel.Text("/usr/local/bin:/usr/bin:/bin"u8);
    }
}
