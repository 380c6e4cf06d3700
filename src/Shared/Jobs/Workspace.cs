namespace Corral.Shared.Jobs;

/// <summary>What a step finds at <c>/box</c>: the attempt's shared workspace, an empty one of its own, or the read-only workspace that another step left.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="From">With <see cref="WorkspaceKind.From"/>: the step whose workspace is frozen and shown read-only. That step is then needed too.</param>
public sealed record Workspace(WorkspaceKind Kind, string? From = null)
{
    /// <summary>The attempt's one read-write workspace.</summary>
    public static Workspace Shared { get; } = new(WorkspaceKind.Shared);
}
