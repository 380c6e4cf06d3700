namespace Corral.Agent.Cgroups;

/// <summary>One mounted cgroup hierarchy and the place of this process in it.</summary>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Root">Which group the mount shows as its top, relative to this process's cgroup namespace.</param>
/// <param name="IsV2">The unified hierarchy.</param>
/// <param name="IsReadOnly">Mounted read-only, as containers have it by default.</param>
/// <param name="Controllers">Controllers bound to it; empty for the unified hierarchy, whose files say.</param>
/// <param name="OwnPath">This process's group in the hierarchy, from <c>/proc/self/cgroup</c>.</param>
internal sealed record CgroupTree(string MountPoint, string Root, bool IsV2, bool IsReadOnly, IReadOnlyList<string> Controllers, string OwnPath)
{
    /// <summary>The directory of this process's group; null where the mount does not show it.</summary>
    public string? OwnDirectory
    {
        get
        {
            if (OwnPath.Split('/').Contains("..")) return null; // outside of the cgroup namespace
            if (Root == "/") return OwnPath == "/" ? MountPoint : MountPoint + OwnPath;
            if (OwnPath == Root) return MountPoint;
            return OwnPath.StartsWith(Root + "/", StringComparison.Ordinal) ? MountPoint + OwnPath[Root.Length..] : null;
        }
    }
}
