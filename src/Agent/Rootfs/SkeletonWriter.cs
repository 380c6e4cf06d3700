namespace Corral.Agent.Rootfs;

/// <summary>Brings a directory to a skeleton's plan, whole or not at all.</summary>
internal static class SkeletonWriter
{
    /// <summary>
    /// Leaves a directory that equals the plan alone; else builds a new one beside it and gives it the name. The old one is kept until the
    /// next time: sandboxes of an earlier agent may still have it as their lower layer.
    /// </summary>
    /// <returns>Whether it was built anew.</returns>
    public static bool Ensure(string directory, IReadOnlyList<SkeletonEntry> plan)
    {
        var building = directory + ".building";
        var replaced = directory + ".replaced";
        Delete(building);
        if (Matches(directory, plan)) return false;
        try
        {
            Delete(replaced);
            Build(building, plan);
            if (Directory.Exists(directory)) Directory.Move(directory, replaced);
            Directory.Move(building, directory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException(SandboxStep.BuildSkeleton, directory, e.Message);
        }
    }

    /// <summary>Whether a directory holds exactly what the plan says.</summary>
    public static bool Matches(string directory, IReadOnlyList<SkeletonEntry> plan)
    {
        if (!Directory.Exists(directory)) return false;
        var found = new DirectoryInfo(directory).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Count();
        return found == plan.Count && plan.All(e => Matches(Path.Combine(directory, e.Path), e));
    }

    private static bool Matches(string path, SkeletonEntry entry)
    {
        FileSystemInfo found = entry.IsDirectory ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.Target is not null) return found.LinkTarget == entry.Target;
        if (!found.Exists || found.LinkTarget is not null || found.UnixFileMode != entry.Mode) return false;
        return entry.Content is null || (((FileInfo)found).Length == entry.Content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(entry.Content));
    }

    private static void Build(string directory, IReadOnlyList<SkeletonEntry> plan)
    {
        Directory.CreateDirectory(directory);
        foreach (var entry in plan)
        {
            var path = Path.Combine(directory, entry.Path);
            if (entry.Target is not null)
            {
                File.CreateSymbolicLink(path, entry.Target);
                continue;
            }

            if (entry.IsDirectory) Directory.CreateDirectory(path);
            else File.WriteAllBytes(path, entry.Content!);
            File.SetUnixFileMode(path, entry.Mode); // after the umask has had its say
        }

        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory)) Directory.Delete(directory, recursive: true);
    }
}
