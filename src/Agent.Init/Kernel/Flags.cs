namespace Corral.Agent.Init;

// Numbers of the kernel's own interface, under its own names as far as C# allows.

internal static class CloneFlags
{
    public const ulong Vm = 0x100, Vfork = 0x4000, Pidfd = 0x1000;
    public const ulong NewNs = 0x20000, NewCgroup = 0x2000000, NewUts = 0x4000000, NewIpc = 0x8000000;
    public const ulong NewUser = 0x10000000, NewPid = 0x20000000, NewNet = 0x40000000, ClearSighand = 0x100000000, IntoCgroup = 0x200000000;

    /// <summary>All that clone(2) knows to make a namespace with.</summary>
    public const uint AnyNamespace = 0x7E020000;
}

internal static class OpenFlags
{
    public const int ReadOnly = 0, WriteOnly = 1, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, Append = 0x400, NonBlock = 0x800;
    public const int Directory = 0x10000, NoFollow = 0x20000, CloseOnExec = 0x80000, PathOnly = 0x200000;
}

/// <summary>openat2(2): https://man7.org/linux/man-pages/man2/openat2.2.html</summary>
internal static class Resolve
{
    public const ulong NoMagicLinks = 2, NoSymlinks = 4, Beneath = 8;
}

internal static class MountFlags
{
    public const int NoSuid = 2, NoDev = 4, Recursive = 16384, Private = 1 << 18;
    public const int Detach = 2;
}

/// <summary>The mount API of kernel 5.2 and later: https://man7.org/linux/man-pages/man2/mount_setattr.2.html</summary>
internal static class NewMount
{
    public const int FsopenCloexec = 1, FsmountCloexec = 1, FspickCloexec = 1, FspickEmptyPath = 8;
    public const int SetString = 1, CommandCreate = 6, CommandReconfigure = 7;
    public const int AttrReadOnly = 1, AttrNoSuid = 2, AttrNoDev = 4, AttrNoExec = 8;
    public const int OpenTreeClone = 1, OpenTreeCloexec = 0x80000;
    public const int MoveFromEmptyPath = 4, MoveToEmptyPath = 0x40;
    public const int AtEmptyPath = 0x1000, AtRecursive = 0x8000, AtCurrentDirectory = -100;
}

internal static class Sockets
{
    public const int AfUnix = 1, AfInet = 2, AfInet6 = 10, AfNetlink = 16;
    public const int Datagram = 2, SeqPacket = 5, CloseOnExec = 0x80000, NonBlock = 0x800;
    public const int SolSocket = 1, PeerCredentials = 17, SendTimeout = 21, SendBuffer = 7, ScmRights = 1;
    public const int MsgDontWait = 0x40, MsgNoSignal = 0x4000, MsgCmsgCloexec = 0x40000000, MsgTruncated = 0x20, MsgControlTruncated = 8;
}

internal static class Prctl
{
    public const int SetParentDeathSignal = 1, CapBoundingDrop = 24, SetNoNewPrivs = 38, CapAmbient = 47, CapAmbientClearAll = 4;
}

internal static class Signals
{
    public const int Kill = 9, Child = 17, Last = 64, SetMask = 2;
    public const int KernelSetBytes = 8;
}

internal static class Clocks
{
    public const int ProcessCpuTime = 2, Boottime = 7;
    public const int TimerAbsolute = 1;
    public const long Never = 0x7fffffffffffffff;
    public const long NanosecondsPerSecond = 1_000_000_000, NanosecondsPerMillisecond = 1_000_000;
}

internal static class Limits
{
    public const int Cpu = 0, Stack = 3, Core = 4, OpenFiles = 7, LockedMemory = 8;

    /// <summary>For close_range: all there are.</summary>
    public const int LastDescriptor = 0x7fffffff;
}

internal static class Poll
{
    public const short In = 1, HangUp = 16;
    public const int EpollIn = 1, EpollAdd = 1, EpollDelete = 2, EpollCloexec = 0x80000;
}
