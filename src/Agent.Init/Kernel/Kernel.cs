using System;

namespace Corral.Agent.Init;

/// <summary>System calls by name. All return what the kernel returns: -errno on failure.</summary>
internal static unsafe class Kernel
{
    private const int ProtectReadWrite = 3, ProtectRead = 1, MapPrivate = 2, MapPrivateAnonymous = 0x22;

    public static nint Call(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0) => Stubs.Raw(number, a, b, c, d, e, f);

    /// <summary>The address of a literal; it ends with a NUL, as the compiler lays out UTF-8 literals.</summary>
    public static byte* Text(ReadOnlySpan<byte> literal)
    {
        fixed (byte* pointer = literal)
            return pointer;
    }

    public static void Exit(int code) => Call(Sys.ExitGroup, code);

    public static void Close(int fd)
    {
        if (fd >= 0)
            Call(Sys.Close, fd);
    }

    public static int Open(byte* path, int flags) => (int)Call(Sys.Open, (nint)path, flags | OpenFlags.CloseOnExec);

    public static int OpenBeneath(int directory, byte* path, int flags, int mode = 0)
    {
        OpenHow how;
        how.Flags = (ulong)(uint)(flags | OpenFlags.CloseOnExec);
        how.Mode = (ulong)(uint)mode;
        how.Resolve = Resolve.Beneath | Resolve.NoSymlinks | Resolve.NoMagicLinks;
        return (int)Call(Sys.Openat2, directory, (nint)path, (nint)(&how), sizeof(OpenHow));
    }

    public static nint Read(int fd, void* buffer, nint length) => Call(Sys.Read, fd, (nint)buffer, length);

    public static nint Write(int fd, void* buffer, nint length) => Call(Sys.Write, fd, (nint)buffer, length);

    public static nint MakeDirectory(byte* path, int mode) => Call(Sys.Mkdir, (nint)path, mode);

    public static nint Mount(byte* source, byte* target, byte* type, int flags, byte* options) =>
        Call(Sys.Mount, (nint)source, (nint)target, (nint)type, flags, (nint)options);

    public static nint ChangeDirectory(byte* path) => Call(Sys.Chdir, (nint)path);

    /// <summary>Zeroed memory that exists only where it is touched; null on failure.</summary>
    public static byte* Allocate(nint bytes)
    {
        var address = Call(Sys.Mmap, 0, bytes, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        return address is < 0 and > -4096 ? null : (byte*)address;
    }

    public static byte* MapReadOnly(int fd, nint bytes)
    {
        var address = Call(Sys.Mmap, 0, bytes, ProtectRead, MapPrivate, fd, 0);
        return address is < 0 and > -4096 ? null : (byte*)address;
    }

    public static long Now(int clock = Clocks.Boottime)
    {
        TimeSpec time;
        Call(Sys.ClockGettime, clock, (nint)(&time));
        return time.Seconds * Clocks.NanosecondsPerSecond + time.Nanoseconds;
    }

    /// <summary>True once the process has ended.</summary>
    public static bool HasEnded(int pidfd)
    {
        PollEntry entry;
        entry.Fd = pidfd;
        entry.Events = Poll.In;
        entry.Seen = 0;
        return Call(Sys.Poll, (nint)(&entry), 1, 0) > 0;
    }

    /// <summary>Every signal to its default, none blocked: what a program expects to start with.</summary>
    public static void ResetSignals()
    {
        var action = stackalloc byte[32];
        Bytes.Clear(action, 32);
        for (var signal = 1; signal <= Signals.Last; signal++)
            Call(Sys.RtSigaction, signal, (nint)action, 0, Signals.KernelSetBytes);
        BlockSignals(0);
    }

    /// <summary>Ignored, the kernel reaps children by itself; else they wait for wait4.</summary>
    public static void IgnoreChildren(bool ignore)
    {
        var action = stackalloc byte[32];
        Bytes.Clear(action, 32);
        *(nint*)action = ignore ? 1 : 0;
        Call(Sys.RtSigaction, Signals.Child, (nint)action, 0, Signals.KernelSetBytes);
    }

    /// <summary>Replaces the mask of blocked signals.</summary>
    public static void BlockSignals(ulong mask) => Call(Sys.RtSigprocmask, Signals.SetMask, (nint)(&mask), 0, Signals.KernelSetBytes);
}
