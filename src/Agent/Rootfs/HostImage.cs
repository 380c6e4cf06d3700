namespace Corral.Agent.Rootfs;

/// <summary>The image <c>host</c>: the host's own programs, read-only, over a generated skeleton.</summary>
/// <param name="Skeleton">The directory that is the lowest layer.</param>
/// <param name="Binds">Directories of the host that are bound over it, recursively, read-only, nosuid and nodev; nothing else of the host shows.</param>
internal sealed record HostImage(string Skeleton, IReadOnlyList<string> Binds)
{
    /// <summary>Makes the skeleton in a folder of layers, or finds it there as it should be.</summary>
    public static HostImage Prepare(string imagesDirectory)
    {
        Directory.CreateDirectory(imagesDirectory);
        var skeleton = Path.Combine(imagesDirectory, "host");
        SkeletonWriter.Ensure(skeleton, HostSkeleton.Plan("/"));
        return new HostImage(skeleton, HostSkeleton.Binds("/"));
    }
}
