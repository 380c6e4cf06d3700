// Shared by source with the agent (Corral.Agent links this file), so both sides agree by construction on one build.
// An agent of another build meets a running launcher through ProtocolVersion alone: Hello and Welcome never change their layout.

namespace Corral.Agent.Init;

internal static class Protocol
{
    /// <summary>Raised with every change of a message.</summary>
    public const int Version = 1;

    /// <summary>Longest message, bytes; well below the socket's buffer.</summary>
    public const int MaxMessage = 40 * 1024;

    /// <summary>Start data beyond this travels in a memfd.</summary>
    public const int MaxInlineStart = 32 * 1024;

    /// <summary>The kernel takes 253 descriptors a message.</summary>
    public const int MaxDescriptors = 253;

    /// <summary>Room for a group's name with its NUL.</summary>
    public const int GroupNameBytes = 64;

    /// <summary>What the agent may have the launcher remember for it about a running step.</summary>
    public const int MemoBytes = 256;

    /// <summary>Longest lowerdir option with its NUL; the kernel reads at most a page of mount options.</summary>
    public const int LayersBytes = 3072;

    /// <summary>The eventfd value that lets a step begin; any other is a phase in the upper and an errno in the lower 16 bits.</summary>
    public const ulong Go = 1;

    /// <summary>PID 1 ends itself so much later than the wall deadline, should launcher and agent both be stopped.</summary>
    public const long DeadlineMarginNs = 2_000_000_000;
}

internal enum MessageKind : uint
{
    None = 0,

    // Agent to launcher.
    Hello = 1, RenewLease = 2, CreateSandbox = 3, Dispatch = 4, Kill = 5, Release = 6, MakeWorkspace = 7, RemoveWorkspace = 8,

    // Launcher to agent.
    Welcome = 32, Adopted = 33, AdoptedWorkspace = 34, AdoptionDone = 35, Created = 36, Killed = 37, WorkspaceMade = 38, WorkspaceRemoved = 39,

    // PID 1 to agent, on the sandbox's own control socket.
    Ready = 64, Ended = 65,

    // Agent to PID 1.
    Start = 96, Signal = 97,
}

/// <summary>What was being done when a sandbox could not be made.</summary>
internal enum SetupStep : uint
{
    None = 0, Receive = 1, ControlSocket = 2, GoEvent = 3, Scratch = 4, Clone = 5, AttachGroup = 6, CgroupNamespace = 7, MountScratch = 8, Overlay = 9,
    RootDirectory = 10, HostDirectories = 11, Devices = 12, SharedMemory = 13, Proc = 14, Box = 15, PivotRoot = 16, Hostname = 17, Network = 18,
    NoNewPrivileges = 19, Seccomp = 20, Capabilities = 21, ParentDeathSignal = 22, SignalDescriptor = 23, NullDevice = 24, LauncherGone = 25, TableFull = 26,
    Released = 27,
}

/// <summary>Begins every message of agent and launcher.</summary>
internal struct Envelope
{
    public MessageKind Kind;
    public int Errno;

    /// <summary>A sandbox's or a workspace's number, chosen by the agent.</summary>
    public ulong Id;
}

internal struct HelloMessage
{
    public Envelope Envelope;
    public int Version;

    /// <summary>With Welcome: the launcher's process and its cloner's; when either ends, so do all sandboxes.</summary>
    public int Launcher, Cloner;
}

internal struct LeaseMessage
{
    public Envelope Envelope;

    /// <summary>CLOCK_BOOTTIME nanoseconds.</summary>
    public long EndNs;
}

/// <summary>Descriptors: group directory, cgroup.kill, then read and kept ends of stdout and stderr, then their write ends, then v1 attach files.</summary>
internal unsafe struct CreateMessage
{
    public const int FixedDescriptors = 8;

    public Envelope Envelope;
    public long ScratchBytes, ScratchInodes;

    /// <summary>1 where the host's directories are bound over the layers.</summary>
    public int BindsHost;

    /// <summary>1 where a step waits for this sandbox: a pool miss.</summary>
    public int IsAwaited;
    public int AttachFiles;
    public fixed byte Group[Protocol.GroupNameBytes];

    /// <summary>lowerdir, ended by a NUL; only as much as is used is sent.</summary>
    public fixed byte Layers[Protocol.LayersBytes];
}

/// <summary>Descriptors on success: control socket, pidfd.</summary>
internal struct CreatedMessage
{
    public Envelope Envelope;
    public SetupStep Step;

    /// <summary>PID 1's number outside.</summary>
    public int Pid;
}

/// <summary>What the launcher keeps of a step from its dispatch to its release.</summary>
internal unsafe struct StepNote
{
    public fixed byte Job[16];
    public int Attempt;
    public int StepIndex;
    public long DispatchedNs;
    public long WallDeadlineNs;
    public ulong Workspace;
    public int WorkspaceReadOnly;
    public int MemoLength;
    public fixed byte Memo[Protocol.MemoBytes];
}

internal struct DispatchMessage
{
    public Envelope Envelope;

    /// <summary>0 leaves the scratch as it was made.</summary>
    public long ScratchBytes, ScratchInodes;
    public StepNote Note;
}

/// <summary>Agent to launcher: kill, and remember why. Launcher to agent: killed by the launcher itself.</summary>
internal struct KillMessage
{
    public Envelope Envelope;
    public int Reason;
    public int Unused;
    public long TimeNs;
}

internal struct WorkspaceMessage
{
    public Envelope Envelope;
    public long Bytes, Inodes;
    public int Uid, Gid;
}

/// <summary>Descriptors: control socket, pidfd, read and kept ends of stdout and stderr.</summary>
internal unsafe struct AdoptedMessage
{
    public const int Descriptors = 6;

    public Envelope Envelope;
    public int Pid;
    public int KillReason;
    public long KilledNs;

    /// <summary>0 while it lives.</summary>
    public long DeadNs;
    public StepNote Note;
    public fixed byte Group[Protocol.GroupNameBytes];
}

internal struct ReadyMessage
{
    public MessageKind Kind;
    public int Errno;
    public SetupStep Step;
    public uint Unused;
}

internal struct SignalMessage
{
    public MessageKind Kind;
    public int Signal;
}

/// <summary>Followed by the data the offsets point into, or the data come in a memfd. Descriptors: the memfd if any, stdin if any, contents of files.</summary>
internal struct StartMessage
{
    public MessageKind Kind;
    public int Uid, Gid;
    public int HasMemfd, HasStdin;
    public int ArgumentCount, VariableCount, FileCount;

    /// <summary>NUL-ended strings one after another; files are an array of <see cref="StartFile"/>.</summary>
    public int ArgumentsOffset, VariablesOffset, DirectoryOffset, FilesOffset;
    public int DataLength;
    public int OpenFiles;
    public long StackBytes, CpuSeconds, WallDeadlineNs;
}

internal struct StartFile
{
    public long Offset, Length;
    public int PathOffset;

    /// <summary>Among the descriptors of contents, from 0.</summary>
    public int Content;
    public int Mode;
    public int Unused;
}

internal struct EndedMessage
{
    public MessageKind Kind;

    /// <summary>The agent's StartPhase; 0 where the command was started.</summary>
    public int Phase;
    public int Errno, FileIndex;
    public int WaitStatus;

    /// <summary>1 where PID 1 itself met the wall deadline.</summary>
    public int DeadlinePassed;
    public long StartedNs, ExitedNs;
    public long MaxResidentKilobytes;
    public long ScratchFreeBytes, ScratchFreeInodes;
}
