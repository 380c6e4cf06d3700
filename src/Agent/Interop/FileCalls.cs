using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>The file calls by descriptor: errno is read at once, and a failure throws with its step and target. Every descriptor is close-on-exec.</summary>
internal static unsafe class FileCalls
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtRemoveDirectory = 0x200;
    private const int AtEmptyPath = 0x1000;
    private const uint StatxBasic = 0x7FF;
    private const int Openat2Number = 437;

    // RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV
    private const ulong Beneath = 0x08 | 0x02 | 0x04 | 0x01;

    /// <summary>Opens a path of the agent's own choosing.</summary>
    public static SafeFileHandle Open(SandboxStep step, string path, int flags, uint mode = 0)
    {
        var handle = Native.openat(AtFdCwd, path, flags | OpenFlags.CloseOnExec, mode);
        var errno = Marshal.GetLastPInvokeError();
        return handle.IsInvalid ? throw Failure(handle, step, path, errno) : handle;
    }

    /// <summary>Opens a name beneath an open directory; symbolic links are followed.</summary>
    public static SafeFileHandle OpenAt(SandboxStep step, SafeFileHandle directory, string path, int flags, uint mode = 0) =>
        TryOpenAt(directory, path, flags, mode, out var errno) ?? throw new SandboxException(step, path, errno);

    /// <summary>As <see cref="OpenAt"/>; null with the errno where it fails.</summary>
    public static SafeFileHandle? TryOpenAt(SafeFileHandle directory, string path, int flags, uint mode, out int errno)
    {
        var handle = Native.openat(directory, path, flags | OpenFlags.CloseOnExec, mode);
        errno = Marshal.GetLastPInvokeError();
        if (!handle.IsInvalid)
        {
            errno = 0;
            return handle;
        }

        handle.Dispose();
        return null;
    }

    /// <summary>
    /// Opens a path that a job may have chosen or prepared: it cannot leave the directory, cross a mount, or pass through any link, whatever
    /// is renamed meanwhile (openat2). Null with the errno where it fails: ELOOP for a link, EXDEV for an escape.
    /// </summary>
    public static SafeFileHandle? TryOpenBeneath(SafeFileHandle directory, string path, int flags, uint mode, out int errno)
    {
        var how = new Native.OpenHow { Flags = (uint)(flags | OpenFlags.CloseOnExec), Mode = mode, Resolve = Beneath };
        // EAGAIN: a rename raced with the walk, which another try gets past; or somebody holds a lease on the file (F_SETLEASE), which it does not.
        const int tries = 32;
        nint result;
        var left = tries;
        do
        {
            result = Native.openat2(Openat2Number, directory, path, &how, sizeof(Native.OpenHow));
            errno = result < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (errno == Errno.EINTR || (errno == Errno.EAGAIN && --left > 0));

        return result < 0 ? null : new SafeFileHandle(result, ownsHandle: true);
    }

    /// <summary>Makes a directory; returns 0 or the errno.</summary>
    public static int TryMakeDirectoryAt(SafeFileHandle directory, string name, uint mode) =>
        Native.mkdirat(directory, name, mode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes a name (an empty directory where asked); returns 0 or the errno.</summary>
    public static int TryRemoveAt(SafeFileHandle directory, string name, bool isDirectory) =>
        Native.unlinkat(directory, name, isDirectory ? AtRemoveDirectory : 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Asks for the status of an open file.</summary>
    public static FileStatus Stat(SafeFileHandle file)
    {
        Native.Statx result;
        if (Native.statx(file, "", AtEmptyPath, StatxBasic, &result) == 0) return Status(result);
        throw new SandboxException(SandboxStep.StatFile, "an open file", Marshal.GetLastPInvokeError());
    }

    /// <summary>Asks for the status of a name beneath an open directory, not following a link; null where there is none.</summary>
    public static FileStatus? TryStatAt(SafeFileHandle directory, string name)
    {
        Native.Statx result;
        if (Native.statx(directory, name, AtSymlinkNoFollow, StatxBasic, &result) == 0) return Status(result);
        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? null : throw new SandboxException(SandboxStep.StatFile, name, errno);
    }

    /// <summary>Reads from an offset; returns the bytes read, or minus the errno.</summary>
    public static int TryReadAt(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        fixed (byte* p = buffer)
        {
            var read = Native.pread(file, p, (nuint)buffer.Length, offset);
            return read < 0 ? -Marshal.GetLastPInvokeError() : (int)read;
        }
    }

    /// <summary>Writes once at the descriptor's position; returns the bytes written, or minus the errno.</summary>
    public static int TryWrite(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        fixed (byte* p = content)
        {
            var written = Native.write(file, p, (nuint)content.Length);
            return written < 0 ? -Marshal.GetLastPInvokeError() : (int)written;
        }
    }

    /// <summary>Sets the permission bits of an open file.</summary>
    public static void ChangeMode(SafeFileHandle file, uint mode, string target)
    {
        if (Native.fchmod(file, mode) == 0) return;
        throw new SandboxException(SandboxStep.StatFile, target, Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits until the file, or the directory's entries, are on the disk.</summary>
    public static void Sync(SafeFileHandle file, string target)
    {
        if (Native.fsync(file) == 0) return;
        throw new SandboxException(SandboxStep.WriteFile, target, Marshal.GetLastPInvokeError());
    }

    /// <summary>An event counter, close-on-exec and not blocking.</summary>
    public static SafeFileHandle EventCounter()
    {
        const int nonBlockCloseOnExec = OpenFlags.NonBlock | OpenFlags.CloseOnExec;
        var handle = Native.eventfd(0, nonBlockCloseOnExec);
        var errno = Marshal.GetLastPInvokeError();
        return handle.IsInvalid ? throw Failure(handle, SandboxStep.OpenFile, "eventfd", errno) : handle;
    }

    private static FileStatus Status(in Native.Statx s) =>
        new(s.Mode, (long)s.Size, (long)s.Blocks * 512, s.Links, s.Owner, s.Group, s.Inode);

    private static SandboxException Failure(SafeFileHandle handle, SandboxStep step, string target, int errno)
    {
        handle.Dispose();
        return new SandboxException(step, target, errno);
    }
}
