namespace Corral.Agent.Init;

/// <summary>System call numbers of x86-64: those that are made here, and those that sandboxes are denied.
/// https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl</summary>
internal static class Sys
{
    public const int Read = 0, Write = 1, Open = 2, Close = 3, Fstat = 5, Lstat = 6, Poll = 7, Mmap = 9;
    public const int RtSigaction = 13, RtSigprocmask = 14, Ioctl = 16, Pread64 = 17, Nanosleep = 35, Sendfile = 40;
    public const int Socket = 41, Sendmsg = 46, Recvmsg = 47, Bind = 49, Listen = 50, Socketpair = 53, Setsockopt = 54, Getsockopt = 55;
    public const int Clone = 56, Fork = 57, Execve = 59, Wait4 = 61, Kill = 62, Fcntl = 72, Flock = 73;
    public const int Chdir = 80, Mkdir = 83, Rmdir = 84, Unlink = 87, Symlink = 88, Chmod = 90, Umask = 95, Ptrace = 101, Syslog = 103, Geteuid = 107;
    public const int GetPid = 39, Getppid = 110, Setsid = 112, Setgroups = 116, Setresuid = 117, Setresgid = 119, Capset = 126;
    public const int Mknod = 133, Uselib = 134, Personality = 135, Ustat = 136, Statfs = 137, Sysfs = 139, Vhangup = 153, ModifyLdt = 154;
    public const int SchedSetaffinity = 203, SchedGetaffinity = 204, Getcpu = 309, PivotRoot = 155, SysctlOld = 156, Prctl = 157, Adjtimex = 159, Chroot = 161, Acct = 163, Settimeofday = 164;
    public const int Mount = 165, Umount2 = 166, Swapon = 167, Swapoff = 168, Reboot = 169, Sethostname = 170, Setdomainname = 171;
    public const int Iopl = 172, Ioperm = 173, CreateModule = 174, InitModule = 175, DeleteModule = 176, GetKernelSyms = 177, QueryModule = 178;
    public const int Quotactl = 179, Nfsservctl = 180, LookupDcookie = 212, ClockSettime = 227, ClockGettime = 228, ExitGroup = 231;
    public const int EpollWait = 232, EpollCtl = 233, Mbind = 237, SetMempolicy = 238, KexecLoad = 246, AddKey = 248, RequestKey = 249, Keyctl = 250;
    public const int MigratePages = 256, Openat = 257, Mkdirat = 258, Unlinkat = 263, Ppoll = 271, Unshare = 272, MovePages = 279;
    public const int TimerfdCreate = 283, TimerfdSettime = 286, Accept4 = 288, Signalfd4 = 289, Eventfd2 = 290, EpollCreate1 = 291, Dup3 = 292;
    public const int PerfEventOpen = 298, FanotifyInit = 300, Prlimit64 = 302, NameToHandleAt = 303, OpenByHandleAt = 304, ClockAdjtime = 305;
    public const int Setns = 308, ProcessVmReadv = 310, ProcessVmWritev = 311, Kcmp = 312, FinitModule = 313, Seccomp = 317, KexecFileLoad = 320;
    public const int Bpf = 321, Userfaultfd = 323, IoUringSetup = 425, IoUringEnter = 426, IoUringRegister = 427;
    public const int OpenTree = 428, MoveMount = 429, Fsopen = 430, Fsconfig = 431, Fsmount = 432, Fspick = 433, PidfdOpen = 434, Clone3 = 435;
    public const int CloseRange = 436, Openat2 = 437, PidfdGetfd = 438, ProcessMadvise = 440, MountSetattr = 442, QuotactlFd = 443, MemfdSecret = 447;

    /// <summary>The first number that did not exist when the filter was written.</summary>
    public const int FirstUnknown = 470;

    /// <summary>Set in numbers of the x32 interface.</summary>
    public const int X32Bit = 0x40000000;
}
