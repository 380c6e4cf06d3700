namespace Corral.Agent.Rootfs;

/// <summary>One entry of a skeleton: a directory, a file with its content, or a link with its target.</summary>
/// <param name="Path">Relative, without a leading slash.</param>
/// <param name="Mode">Permission bits; a link has none of its own.</param>
/// <param name="Content">A file's bytes.</param>
/// <param name="Target">A link's target.</param>
internal sealed record SkeletonEntry(string Path, UnixFileMode Mode, byte[]? Content = null, string? Target = null)
{
    public bool IsDirectory => Content is null && Target is null;
}
