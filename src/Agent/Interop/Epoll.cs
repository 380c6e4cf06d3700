using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>Waits for many descriptors at once, on a thread of the owner's. https://man7.org/linux/man-pages/man7/epoll.7.html</summary>
internal sealed unsafe class Epoll : IDisposable
{
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const int OperationModify = 3;

    private readonly SafeFileHandle handle;

    public Epoll()
    {
        handle = Native.epoll_create1(OpenFlags.CloseOnExec);
        var errno = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid) throw new SandboxException(SandboxStep.OpenFile, "epoll", errno);
    }

    /// <summary>Watches a descriptor; the token comes back with each of its events.</summary>
    public void Add(SafeHandle file, uint events, long token) => Control(OperationAdd, file, events, token);

    /// <summary>Changes what is watched for, and re-arms a one-shot.</summary>
    public void Modify(SafeHandle file, uint events, long token) => Control(OperationModify, file, events, token);

    /// <summary>Stops watching; a descriptor that is not watched is no error.</summary>
    public void Remove(SafeHandle file)
    {
        EpollEvent none;
        if (Native.epoll_ctl(handle, OperationRemove, file, &none) == 0) return;
        var errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.ENOENT) throw new SandboxException(SandboxStep.OpenFile, "epoll", errno);
    }

    /// <summary>Waits for events; returns how many were stored, 0 at the time-out (-1: none) or when a signal came.</summary>
    public int Wait(Span<EpollEvent> events, int timeoutMs)
    {
        fixed (EpollEvent* p = events)
        {
            var count = Native.epoll_wait(handle, p, events.Length, timeoutMs);
            if (count >= 0) return count;
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.EINTR ? 0 : throw new SandboxException(SandboxStep.OpenFile, "epoll", errno);
        }
    }

    public void Dispose() => handle.Dispose();

    private void Control(int operation, SafeHandle file, uint events, long token)
    {
        var change = new EpollEvent { Events = events, Token = token };
        if (Native.epoll_ctl(handle, operation, file, &change) == 0) return;
        throw new SandboxException(SandboxStep.OpenFile, "epoll", Marshal.GetLastPInvokeError());
    }
}
