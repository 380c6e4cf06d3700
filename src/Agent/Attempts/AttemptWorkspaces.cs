using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>The workspaces of one attempt: mounted when a step first needs one, gone with the last step that may see it.</summary>
/// <param name="sandboxes">Mounts them.</param>
/// <param name="plan">Which there are.</param>
/// <param name="firstId">The number of the first on this host; see <see cref="FirstId"/>.</param>
/// <param name="userId">Owner of their roots.</param>
internal sealed class AttemptWorkspaces(SandboxHost sandboxes, StepPlan plan, long firstId, int userId)
{
    /// <summary>More than the steps of any job, and so more than its workspaces.</summary>
    private const long IdsOfAnAttempt = 1024;
    private readonly Lock _gate = new();
    private readonly Task<MountedWorkspace>?[] _mounted = new Task<MountedWorkspace>?[plan.Workspaces.Count];

    /// <summary>An attempt's place in the journal is unique on this host, and so are the numbers of its workspaces, also after a restart.</summary>
    public static long FirstId(long acceptedSequence) => acceptedSequence * IdsOfAnAttempt;

    /// <summary>Which attempt a workspace belongs to.</summary>
    public static long AcceptedSequenceOf(long workspaceId) => workspaceId / IdsOfAnAttempt;

    /// <summary>Takes over one that an earlier agent process mounted.</summary>
    public void Adopt(MountedWorkspace workspace) => _mounted[workspace.Id - firstId] = Task.FromResult(workspace);

    /// <summary>Whether what the step finds at <c>/box</c> is there already.</summary>
    public bool IsMounted(int step)
    {
        lock (_gate)
            return _mounted[plan.WorkspaceOf[step]] is not null;
    }

    /// <summary>What the step finds at <c>/box</c>. Parallel steps may ask for the same one at once.</summary>
    public Task<MountedWorkspace> GetAsync(int step, CancellationToken cancellationToken)
    {
        var index = plan.WorkspaceOf[step];
        lock (_gate)
        {
            var planned = plan.Workspaces[index];
            return _mounted[index] ??= sandboxes.CreateWorkspaceAsync(firstId + index, new WorkspaceSize(planned.Bytes, planned.Inodes, userId, userId), cancellationToken);
        }
    }

    /// <summary>The step has ended and its outputs are collected.</summary>
    public ValueTask ReleaseAsync(int step) => plan.Workspaces[plan.WorkspaceOf[step]].OutlivesStep ? ValueTask.CompletedTask : ReleaseAtAsync(plan.WorkspaceOf[step]);

    public async ValueTask ReleaseAllAsync()
    {
        for (var i = 0; i < _mounted.Length; i++)
            await ReleaseAtAsync(i);
    }

    private async ValueTask ReleaseAtAsync(int index)
    {
        Task<MountedWorkspace>? mounted;
        lock (_gate)
            (mounted, _mounted[index]) = (_mounted[index], null);
        if (mounted is null)
            return;
        try
        {
            await (await mounted).DisposeAsync();
        }
        catch (Exception) when (!mounted.IsCompletedSuccessfully)
        {
            // It was never mounted; the step that wanted it has said so.
        }
    }
}
