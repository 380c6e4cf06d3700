using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>A timer at a moment of CLOCK_BOOTTIME, as a descriptor that becomes readable.</summary>
internal sealed unsafe class BootTimer : IDisposable
{
    private const int ClockBootTime = 7;
    private const int AbsoluteTime = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public BootTimer()
    {
        Handle = Native.timerfd_create(ClockBootTime, OpenFlags.NonBlock | OpenFlags.CloseOnExec);
        var errno = Marshal.GetLastPInvokeError();
        if (Handle.IsInvalid) throw new SandboxException(SandboxStep.WaitForEvents, "timerfd", errno);
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Fires at that moment, at once where it has passed; replaces what was set before.</summary>
    public void Set(long timeNs)
    {
        var spec = stackalloc long[4] { 0, 0, timeNs / NanosecondsPerSecond, timeNs % NanosecondsPerSecond };
        if (Native.timerfd_settime(Handle, AbsoluteTime, spec, null) != 0)
            throw new SandboxException(SandboxStep.WaitForEvents, "timerfd", Marshal.GetLastPInvokeError());
    }

    /// <summary>Takes note that it has fired.</summary>
    public void Acknowledge()
    {
        ulong expirations;
        _ = Native.read(Handle, (byte*)&expirations, sizeof(ulong));
    }

    public void Dispose() => Handle.Dispose();
}
