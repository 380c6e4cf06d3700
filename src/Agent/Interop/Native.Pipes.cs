using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <content>Raw declarations for moving output without copying it through the agent, and for timers.</content>
internal static unsafe partial class Native
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl_pipe(SafeFileHandle pipe, int command, int value);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint splice(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeFileHandle file, long offset, int origin);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle timerfd_create(int clock, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int timerfd_settime(SafeFileHandle timer, int flags, long* spec, long* old);
}
