using Corral.Agent.Cgroups;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Sandbox;

/// <summary>Runs steps in fresh sandboxes on this host.</summary>
internal sealed class SandboxHost : IAsyncDisposable
{
    private SandboxHost()
    {
    }

    /// <summary>Steps that an earlier agent process started and that the launcher has kept, running or ended, in no order.</summary>
    public IReadOnlyList<RunningStep> Adopted { get; } = [];

    /// <summary>Workspaces of an earlier agent process that still exist.</summary>
    public IReadOnlyList<MountedWorkspace> AdoptedWorkspaces { get; } = [];

    /// <summary>Cpu time of warm sandboxes that ended unused, and of groups swept at start, nanoseconds: overhead.</summary>
    public long UnusedCpuNs { get; }

    /// <summary>Connects to the launcher of the state folder or starts one, adopts what it holds, and removes the groups that no sandbox holds.</summary>
    public static Task<SandboxHost> StartAsync(SandboxOptions options, ICgroupDriver cgroups, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{options} {cgroups} {loggers} {cancellationToken}");

    /// <summary>Lets sandboxes live until <paramref name="remaining"/> from now; the launcher kills them all where no renewal comes.</summary>
    public void RenewLease(TimeSpan remaining) => throw new NotSupportedException(remaining.ToString());

    /// <summary>Mounts a workspace. The id is the caller's, and unique on this host.</summary>
    public Task<MountedWorkspace> CreateWorkspaceAsync(long id, WorkspaceSize size, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{id} {size} {cancellationToken}");

    /// <summary>Takes a warm sandbox, or makes one, and starts the step in it. Returns when the sandbox has been told to start, not when the command runs.</summary>
    public Task<RunningStep> StartStepAsync(StepLaunch launch, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{launch} {cancellationToken}");

    /// <summary>Ends unused sandboxes and leaves running ones to the launcher, which holds them for the next agent process until the lease ends.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();

    internal ValueTask RemoveWorkspaceAsync(MountedWorkspace workspace) => throw new NotSupportedException(workspace.ToString());
}
