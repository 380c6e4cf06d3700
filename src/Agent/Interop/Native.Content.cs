using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>Raw declarations for content that is handed to sandboxes and read back from them.</summary>
internal static unsafe partial class Native
{
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SafeFileHandle memfd_create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl_seals(SafeFileHandle file, int command, int seals);

    // glibc's readdir needs a DIR* and hides bytes that are no UTF-8; the kernel's own call gives the names as they are. 217 on x86-64.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint getdents64(nint number, SafeFileHandle directory, byte* buffer, nint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeFileHandle file, long* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clock, long* result);
}
