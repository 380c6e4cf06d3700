using System.Runtime.InteropServices;

namespace Corral.Agent.Interop;

/// <summary>struct epoll_event: packed on x86-64 only. include/uapi/linux/eventpoll.h</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct EpollEvent
{
    public uint Events;
    public long Token;

    public const uint In = 0x001;
    public const uint Out = 0x004;
    public const uint Error = 0x008;
    public const uint HangUp = 0x010;
    public const uint OneShot = 1u << 30;
    public const uint EdgeTriggered = 1u << 31;
}
