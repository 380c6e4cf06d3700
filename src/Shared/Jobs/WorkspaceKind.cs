namespace Corral.Shared.Jobs;

/// <summary>The kinds of workspace. The numbers are stored and sent.</summary>
public enum WorkspaceKind
{
    /// <summary>Never stored.</summary>
    None = 0,
    /// <summary>One for the whole attempt, read-write.</summary>
    Shared = 1,
    /// <summary>Empty, for this step alone.</summary>
    Fresh = 2,
    /// <summary>Read-only view of what another step left; that workspace is frozen when that step ends.</summary>
    From = 3,
}
