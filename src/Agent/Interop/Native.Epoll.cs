using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <content>Raw declarations of epoll(7).</content>
internal static unsafe partial class Native
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(SafeFileHandle epoll, int operation, SafeHandle file, EpollEvent* change);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_wait(SafeFileHandle epoll, EpollEvent* events, int count, int timeoutMs);
}
