namespace Corral.Agent;

/// <summary>What was being done to the host when it failed; the first word of a <see cref="SandboxException"/>'s message.</summary>
internal enum SandboxStep
{
    /// <summary>Never used.</summary>
    None = 0,

    /// <summary>Finding the cgroup trees and the controllers they carry.</summary>
    FindControllers = 1,

    /// <summary>Making the agent's slice and handing controllers down to it.</summary>
    MakeSlice = 2,

    /// <summary>Making the group of a sandbox.</summary>
    CreateGroup = 3,

    /// <summary>Opening a group, or a file of it.</summary>
    OpenGroup = 4,

    /// <summary>Writing a limit.</summary>
    SetLimit = 5,

    /// <summary>Reading a counter.</summary>
    ReadCounter = 6,

    /// <summary>Killing everything in a group.</summary>
    KillGroup = 7,

    /// <summary>Removing a group.</summary>
    RemoveGroup = 8,

    /// <summary>Watching a group for out-of-memory kills.</summary>
    WatchOom = 9,

    /// <summary>Opening a file or directory.</summary>
    OpenFile = 20,

    /// <summary>Reading a file.</summary>
    ReadFile = 21,

    /// <summary>Writing a file.</summary>
    WriteFile = 22,

    /// <summary>Asking for a file's kind, size or owner, or changing them.</summary>
    StatFile = 23,

    /// <summary>Making a directory, a link or a node.</summary>
    MakeEntry = 24,

    /// <summary>Removing a file, a directory or a link, or giving it another name.</summary>
    RemoveEntry = 25,

    /// <summary>Building the skeleton of an image.</summary>
    BuildSkeleton = 26,

    /// <summary>Examining the host before the agent starts.</summary>
    ExamineHost = 27,

    /// <summary>Starting the launcher.</summary>
    StartLauncher = 40,

    /// <summary>Reaching the launcher over its socket.</summary>
    TalkToLauncher = 41,

    /// <summary>Making a sandbox: cloning it, or building its inside.</summary>
    MakeSandbox = 42,

    /// <summary>Making the pipes and files that take a step's output, or reading them.</summary>
    CaptureOutput = 43,

    /// <summary>Mounting or unmounting a workspace.</summary>
    MountWorkspace = 44,

    /// <summary>Handing a step to its sandbox.</summary>
    StartStep = 45,

    /// <summary>Waiting for events and timers.</summary>
    WaitForEvents = 46,
}
