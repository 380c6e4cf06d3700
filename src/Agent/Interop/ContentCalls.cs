using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>Bytes in memory behind a descriptor, directory listings without decoding, and how full a file system is.</summary>
internal static unsafe class ContentCalls
{
    private const uint CloseOnExecAllowSealing = 3; // MFD_CLOEXEC | MFD_ALLOW_SEALING
    private const int AddSeals = 1033;
    private const int SealAll = 0xF; // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
    private const int GetDents64 = 217;
    private const int EntryHeaderBytes = 19;

    /// <summary>
    /// A file in memory that nobody can change: a job may open its own stdin again through /proc/self/fd/0, for writing too, as a memfd's mode is 0777.
    /// https://man7.org/linux/man-pages/man2/memfd_create.2.html
    /// </summary>
    public static SafeFileHandle SealedMemory(ReadOnlySpan<byte> content)
    {
        var handle = Native.memfd_create("input", CloseOnExecAllowSealing);
        var errno = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new SandboxException(SandboxStep.OpenFile, "memfd", errno);
        }

        // pwrite: the reader shares the offset, which must still be at the start.
        RandomAccess.Write(handle, content, 0);
        if (Native.fcntl_seals(handle, AddSeals, SealAll) == 0)
            return handle;
        errno = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw new SandboxException(SandboxStep.WriteFile, "memfd", errno);
    }

    /// <summary>Calls back for every entry of an open directory, <c>.</c> and <c>..</c> left out, until it says false; returns 0 or the errno.</summary>
    public static int List(SafeFileHandle directory, DirectoryEntryHandler handler)
    {
        Span<byte> buffer = stackalloc byte[8 << 10];
        fixed (byte* p = buffer)
        {
            while (true)
            {
                var read = Native.getdents64(GetDents64, directory, p, buffer.Length);
                if (read == 0)
                    return 0;
                if (read < 0)
                    return Marshal.GetLastPInvokeError();
                // struct linux_dirent64: u64 inode, s64 offset, u16 length of the record, u8 kind, name ending in NUL.
                for (var at = 0; at < read;)
                {
                    var record = buffer[at..];
                    var name = record[EntryHeaderBytes..];
                    name = name[..name.IndexOf((byte)0)];
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !handler(name, (EntryKind)record[18]))
                        return 0;
                    at += MemoryMarshal.Read<ushort>(record[16..]);
                }
            }
        }
    }

    /// <summary>Free bytes and inodes of the file system of an open file.</summary>
    public static (long Bytes, long Inodes) Free(SafeFileHandle file)
    {
        // struct statfs on 64-bit: type, bsize, blocks, bfree, bavail, files, ffree, each a long; 120 bytes in all.
        var result = stackalloc long[15];
        if (Native.fstatfs(file, result) != 0)
            throw new SandboxException(SandboxStep.StatFile, "a workspace", Marshal.GetLastPInvokeError());
        return (result[3] * result[1], result[6]);
    }
}
