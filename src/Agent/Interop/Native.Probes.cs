using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <content>Raw declarations of what the doctor tries out, on a thread of its own.</content>
internal static unsafe partial class Native
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setns(SafeFileHandle space, int type);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string? source, string target, string? type, nuint flags, string? options);

    // glibc 2.36 has wrappers for these; older ones do not. The numbers are the same on every architecture.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint open_tree(nint number, int directory, string path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint mount_setattr(nint number, SafeFileHandle tree, string path, uint flags, ulong* attributes, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint move_mount(nint number, SafeFileHandle from, string fromPath, int to, string toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint clone3(nint number, void* arguments, nuint size);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint seccomp(nint number, uint operation, uint flags, uint* action);
}
