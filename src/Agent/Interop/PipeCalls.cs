using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>Pipes and files in memory that take a program's output, without its bytes ever being copied through the agent.</summary>
internal static unsafe class PipeCalls
{
    private const int SetPipeSize = 1031; // F_SETPIPE_SZ
    private const uint Move = 1;
    private const uint NonBlocking = 2;
    private const uint CloseOnExecMemory = 1;
    private const int FromStart = 0;
    private const int FromCurrent = 1;

    /// <summary>A pipe whose read end does not block; it is as large as asked, or as the kernel grants.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Create(int bytes)
    {
        var ends = stackalloc int[2];
        if (Native.pipe2(ends, OpenFlags.CloseOnExec) != 0) throw new SandboxException(SandboxStep.CaptureOutput, "a pipe", Marshal.GetLastPInvokeError());
        var read = new SafeFileHandle(ends[0], ownsHandle: true);
        _ = Native.fcntl_pipe(read, SetPipeSize, bytes);
        return (read, new SafeFileHandle(ends[1], ownsHandle: true));
    }

    /// <summary>An empty file in memory.</summary>
    public static SafeFileHandle CreateMemory(string name)
    {
        var handle = Native.memfd_create(name, CloseOnExecMemory);
        var errno = Marshal.GetLastPInvokeError();
        if (!handle.IsInvalid) return handle;
        handle.Dispose();
        throw new SandboxException(SandboxStep.CaptureOutput, "a memfd", errno);
    }

    /// <summary>Moves what a pipe holds into a file at an offset; returns the bytes, 0 at the end of the pipe, or minus the errno (EAGAIN: empty).</summary>
    public static long TryMove(SafeFileHandle pipe, SafeFileHandle file, long offset, long most)
    {
        var moved = Native.splice(pipe, null, file, &offset, (nuint)most, Move | NonBlocking);
        return moved < 0 ? -Marshal.GetLastPInvokeError() : moved;
    }

    /// <summary>Throws away what a pipe holds, by moving it into <c>/dev/null</c>; results as of <see cref="TryMove"/>.</summary>
    public static long TryDrop(SafeFileHandle pipe, SafeFileHandle nothing, long most)
    {
        var moved = Native.splice(pipe, null, nothing, null, (nuint)most, Move | NonBlocking);
        return moved < 0 ? -Marshal.GetLastPInvokeError() : moved;
    }

    /// <summary>Sets a descriptor's position, which whoever holds a duplicate shares.</summary>
    public static void SetPosition(SafeFileHandle file, long position) => _ = Native.lseek(file, position, FromStart);

    /// <summary>A descriptor's position.</summary>
    public static long GetPosition(SafeFileHandle file) => Native.lseek(file, 0, FromCurrent);
}
