using System.Text;

namespace Corral.Agent.Rootfs;

/// <summary>
/// What lies around the host's bound directories in the image <c>host</c>: empty directories and the few files of /etc that programs need.
/// </summary>
/// <remarks>
/// From the host's /etc only what is named here is copied, and of that only what everybody may read: configuration files hold passwords and
/// tokens more often than one thinks.
/// </remarks>
internal static class HostSkeleton
{
    private const UnixFileMode ReadExecute = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Directory755 = ReadExecute | UnixFileMode.UserWrite;
    private const UnixFileMode Directory1777 = Directory755 | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;
    private const UnixFileMode File644 = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // Bound where they are directories of their own, linked where the host has merged them into /usr.
    private static readonly string[] System = ["usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    private static readonly string[] Empty = ["box", "dev", "home", "mnt", "opt", "proc", "run", "srv", "var", "var/lib", "var/log"];

    private static readonly (string Path, string Text)[] Written =
    [
        ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"),
        ("etc/group", "root:x:0:\nnogroup:x:65534:\n"),
        ("etc/hosts", "127.0.0.1\tlocalhost sandbox\n::1\tlocalhost sandbox\n"),
        ("etc/hostname", "sandbox\n"),
        ("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n"),
        ("etc/resolv.conf", ""),
    ];

    // The loader's list of libraries; what 'cc', 'awk' or 'java' stands for; names of protocols and ports; the system's name and its clock.
    private static readonly string[] CopiedFiles = ["ld.so.cache", "ld.so.conf", "localtime", "os-release", "debian_version", "protocols", "services", "mime.types", "fpc.cfg"];

    // java-*-openjdk: on Debian the runtime's own configuration is a link into /etc, and it does not start without.
    private static readonly string[] CopiedDirectories = ["alternatives", "ld.so.conf.d", "ssl/certs", "java-*-openjdk", "fonts", "python3*", "perl", "mono"];

    /// <summary>The directories of a host that a sandbox binds read-only: those of the system that are not mere links.</summary>
    public static IReadOnlyList<string> Binds(string hostRoot) =>
        [.. System.Where(d => new DirectoryInfo(Path.Combine(hostRoot, d)) is { Exists: true, LinkTarget: null }).Select(d => "/" + d)];

    /// <summary>Every entry, parents before children.</summary>
    public static IReadOnlyList<SkeletonEntry> Plan(string hostRoot)
    {
        var entries = new List<SkeletonEntry> { new("etc", Directory755), new("tmp", Directory1777), new("root", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute) };
        entries.AddRange(Empty.Select(d => new SkeletonEntry(d, Directory755)));
        entries.Add(new SkeletonEntry("var/tmp", Directory1777));
        foreach (var name in System)
        {
            var directory = new DirectoryInfo(Path.Combine(hostRoot, name));
            if (directory.LinkTarget is { } target) entries.Add(new SkeletonEntry(name, default, Target: target));
            else if (directory.Exists) entries.Add(new SkeletonEntry(name, Directory755));
        }

        entries.AddRange(Written.Select(f => new SkeletonEntry(f.Path, File644, Encoding.ASCII.GetBytes(f.Text))));
        var etc = Path.Combine(hostRoot, "etc");
        foreach (var name in CopiedFiles) Copy(entries, new FileInfo(Path.Combine(etc, name)), "etc/" + name);
        foreach (var pattern in CopiedDirectories)
        {
            var parent = Path.Combine(etc, Path.GetDirectoryName(pattern)!);
            if (!Directory.Exists(parent)) continue;
            foreach (var found in new DirectoryInfo(parent).EnumerateDirectories(Path.GetFileName(pattern)).OrderBy(d => d.Name, StringComparer.Ordinal)) CopyTree(entries, found, hostRoot);
        }

        return entries;
    }

    private static void CopyTree(List<SkeletonEntry> entries, DirectoryInfo directory, string hostRoot)
    {
        if (directory.LinkTarget is not null || (directory.UnixFileMode & UnixFileMode.OtherExecute) == 0) return;
        AddWithParents(entries, Path.GetRelativePath(hostRoot, directory.FullName));
        foreach (var child in directory.EnumerateFileSystemInfos().OrderBy(c => c.Name, StringComparer.Ordinal))
        {
            if (child is DirectoryInfo { LinkTarget: null } inner) CopyTree(entries, inner, hostRoot);
            else Copy(entries, child, Path.GetRelativePath(hostRoot, child.FullName));
        }
    }

    private static void AddWithParents(List<SkeletonEntry> entries, string path)
    {
        if (entries.Any(e => e.Path == path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) AddWithParents(entries, parent);
        entries.Add(new SkeletonEntry(path, Directory755));
    }

    // Links are copied as links: they lead into the bound directories, or nowhere.
    private static void Copy(List<SkeletonEntry> entries, FileSystemInfo source, string path)
    {
        if (source.LinkTarget is { } target) entries.Add(new SkeletonEntry(path, default, Target: target));
        else if (source is FileInfo { Exists: true } file && IsPlain(file)) entries.Add(new SkeletonEntry(path, File644, File.ReadAllBytes(file.FullName)));
    }

    private static bool IsPlain(FileInfo file) =>
        (file.Attributes & (FileAttributes.Device | FileAttributes.Directory)) == 0 && (file.UnixFileMode & UnixFileMode.OtherRead) != 0 && file.Length is > 0 and < 4 << 20;
}
