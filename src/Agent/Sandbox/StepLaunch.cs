using Corral.Agent.Cgroups;
using Corral.Shared.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>All that one step needs to start.</summary>
internal sealed record StepLaunch
{
    /// <summary>Whose step it is.</summary>
    public required AttemptId Attempt { get; init; }
    /// <summary>Its place in the job, from 0.</summary>
    public required int StepIndex { get; init; }
    /// <summary>The rootfs.</summary>
    public SandboxImage Image { get; init; } = SandboxImage.Host;
    /// <summary>argv; the first entry without a slash is looked up in the PATH of <see cref="Environment"/>.</summary>
    public required IReadOnlyList<string> Command { get; init; }
    /// <summary>The whole environment: nothing is added.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <summary>An absolute path inside the sandbox.</summary>
    public string WorkingDirectory { get; init; } = "/box";
    /// <summary>The attempt's own user, never 0.</summary>
    public required int Uid { get; init; }
    /// <summary>The attempt's own group, never 0.</summary>
    public required int Gid { get; init; }
    /// <summary>The kernel's limits; <see cref="GroupLimits.Pids"/> counts PID 1, so it is one more than the step's.</summary>
    public required GroupLimits Group { get; init; }
    /// <summary>User and system time of all its processes.</summary>
    public required TimeSpan CpuTime { get; init; }
    /// <summary>From dispatch to end, CLOCK_BOOTTIME.</summary>
    public required TimeSpan WallTime { get; init; }
    /// <summary>stdout and stderr together, beyond which the step is killed.</summary>
    public required long OutputBytes { get; init; }
    /// <summary>What is kept of each of stdout and stderr.</summary>
    public required long CaptureBytes { get; init; }
    /// <summary>Size of the writable layer and /dev/shm together.</summary>
    public required long ScratchBytes { get; init; }
    /// <summary>Inodes of the same.</summary>
    public required long ScratchInodes { get; init; }
    /// <summary>RLIMIT_NOFILE.</summary>
    public required int OpenFiles { get; init; }
    /// <summary>RLIMIT_STACK.</summary>
    public required long StackBytes { get; init; }
    /// <summary>What the command reads, from the handle's present offset; null is an empty input. It is the caller's to dispose, after the step has started.</summary>
    public SafeFileHandle? Stdin { get; init; }
    /// <summary>Files written into <c>/box</c> before the command starts.</summary>
    public IReadOnlyList<StepFile> Files { get; init; } = [];
    /// <summary>What is at <c>/box</c>; null leaves an empty, read-only directory.</summary>
    public WorkspaceMount? Workspace { get; init; }
}
