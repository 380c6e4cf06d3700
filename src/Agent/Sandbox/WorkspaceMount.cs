namespace Corral.Agent.Sandbox;

/// <summary>What is attached at <c>/box</c>.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="ReadOnly">True where it is frozen.</param>
internal sealed record WorkspaceMount(MountedWorkspace Workspace, bool ReadOnly);
