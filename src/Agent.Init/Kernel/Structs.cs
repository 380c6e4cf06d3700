using System.Runtime.InteropServices;

namespace Corral.Agent.Init;

// Structures of the kernel's interface on x86-64.

internal struct CloneArgs
{
    public ulong Flags, Pidfd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
}

internal struct OpenHow
{
    public ulong Flags, Mode, Resolve;
}

internal struct MountAttr
{
    public ulong Set, Clear, Propagation, UserNamespace;
}

internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

internal struct ControlHeader
{
    public nuint Length;
    public int Level, Type;
}

internal struct PollEntry
{
    public int Fd;
    public short Events, Seen;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}

internal struct TimeSpec
{
    public long Seconds, Nanoseconds;
}

internal struct TimerSpec
{
    public TimeSpec Interval, Value;
}

internal struct ResourceLimit
{
    public ulong Soft, Hard;
}

internal unsafe struct ResourceUsage
{
    public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds, MaxResidentKilobytes;
    public fixed long Unused[13];
}

internal unsafe struct FileSystemStatus
{
    public long Type, BlockSize, Blocks, BlocksFree, BlocksAvailable, Files, FilesFree;
    public fixed long Unused[8];
}

internal unsafe struct UnixAddress
{
    public ushort Family;
    public fixed byte Path[108];
}

internal struct PeerCredentials
{
    public int Pid, Uid, Gid;
}

internal struct CapabilityHeader
{
    public uint Version;
    public int Pid;
}

internal struct CapabilitySets
{
    public uint EffectiveLow, PermittedLow, InheritableLow, EffectiveHigh, PermittedHigh, InheritableHigh;
}

/// <summary>ioctl SIOCSIFFLAGS.</summary>
internal unsafe struct InterfaceRequest
{
    public fixed byte Name[16];
    public short Flags;
    public fixed byte Unused[22];
}
