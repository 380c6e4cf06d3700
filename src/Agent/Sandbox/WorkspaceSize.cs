namespace Corral.Agent.Sandbox;

/// <summary>How large a workspace may grow, and whose it is.</summary>
/// <param name="Bytes">Size of the tmpfs.</param>
/// <param name="Inodes">Files, directories and links.</param>
/// <param name="Uid">Owner of its root.</param>
/// <param name="Gid">Group of its root.</param>
internal readonly record struct WorkspaceSize(long Bytes, long Inodes, int Uid, int Gid);
