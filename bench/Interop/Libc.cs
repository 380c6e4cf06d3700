using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Bench.Interop;

/// <summary>The few calls that a measurement makes itself: what is measured goes through the product.</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2, Directory = 0x10000, CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "mkdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, int* status, int options);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int GetTime(int clock, long* time);

    /// <summary>The clock of every time in a step's end.</summary>
    public static long BootTimeNs()
    {
        const int bootTime = 7;
        var time = stackalloc long[2];
        return GetTime(bootTime, time) == 0 ? (time[0] * 1_000_000_000) + time[1] : throw Failed("clock_gettime", "CLOCK_BOOTTIME");
    }

    public static SafeFileHandle OpenFile(string path, int flags)
    {
        var fd = Open(path, flags | CloseOnExec, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Failed("open", path);
    }

    /// <summary>The wait status of a child, once it has ended.</summary>
    public static int Wait(int pid)
    {
        int status;
        while (WaitPid(pid, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != 4 /* EINTR */)
                throw Failed("waitpid", $"{pid}");
        }
        return status;
    }

    /// <summary>Copies machine code to pages that are executable and no longer writable.</summary>
    public static nint MapCode(ReadOnlySpan<byte> code)
    {
        const int readWrite = 3, readExecute = 5, privateAnonymous = 0x22;
        var page = Map(0, 4096, readWrite, privateAnonymous, -1, 0);
        if (page == -1)
            throw Failed("mmap", "code");
        code.CopyTo(new Span<byte>((void*)page, 4096));
        return Protect(page, 4096, readExecute) == 0 ? page : throw Failed("mprotect", "code");
    }

    public static IOException Failed(string call, string target)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed on '{target}': {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).");
    }
}
