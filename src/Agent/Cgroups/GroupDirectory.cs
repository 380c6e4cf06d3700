using System.Text;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>An open cgroup directory: its files are reached from the descriptor, so a path is walked once.</summary>
internal sealed class GroupDirectory : IDisposable
{
    private GroupDirectory(string path, SafeFileHandle handle) => (Path, Handle) = (path, handle);

    /// <summary>For messages.</summary>
    public string Path { get; }

    /// <summary>An O_PATH descriptor: enough for CLONE_INTO_CGROUP and the *at calls.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>Opens a directory by path.</summary>
    public static GroupDirectory Open(string path) => new(path, FileCalls.Open(SandboxStep.OpenGroup, path, OpenFlags.Path | OpenFlags.Directory));

    /// <summary>Makes a child group; one that is there already is an error unless <paramref name="mayExist"/>.</summary>
    public GroupDirectory CreateChild(SandboxStep step, string name, bool mayExist)
    {
        var errno = FileCalls.TryMakeDirectoryAt(Handle, name, 0x1ED);
        if (errno != 0 && !(errno == Errno.EEXIST && mayExist)) throw new SandboxException(step, $"{Path}/{name}", errno, Remedy(errno));
        return OpenChild(name) ?? throw new SandboxException(step, $"{Path}/{name}", Errno.ENOENT);
    }

    /// <summary>Opens a child group; null where there is none.</summary>
    public GroupDirectory? OpenChild(string name)
    {
        var handle = FileCalls.TryOpenAt(Handle, name, OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow, 0, out var errno);
        if (handle is not null) return new GroupDirectory($"{Path}/{name}", handle);
        return errno == Errno.ENOENT ? null : throw new SandboxException(SandboxStep.OpenGroup, $"{Path}/{name}", errno);
    }

    /// <summary>Removes a child group; false while the kernel holds it busy.</summary>
    public bool TryRemoveChild(string name) => FileCalls.TryRemoveAt(Handle, name, isDirectory: true) switch
    {
        0 or Errno.ENOENT => true,
        Errno.EBUSY => false,
        var errno => throw new SandboxException(SandboxStep.RemoveGroup, $"{Path}/{name}", errno),
    };

    /// <summary>The names of the child groups.</summary>
    public IReadOnlyList<string> Children() => [.. Directory.EnumerateDirectories(Path).Select(p => System.IO.Path.GetFileName(p))];

    /// <summary>Whether the directory has this file.</summary>
    public bool Has(string file) => FileCalls.TryStatAt(Handle, file) is not null;

    /// <summary>Opens a file of the group.</summary>
    public SafeFileHandle OpenFile(string file, int flags) =>
        FileCalls.TryOpenAt(Handle, file, flags, 0, out var errno) ?? throw new SandboxException(SandboxStep.OpenGroup, $"{Path}/{file}", errno);

    /// <summary>Writes a file of the group in one call, as the kernel wants it.</summary>
    public void Write(SandboxStep step, string file, string value)
    {
        var errno = TryWrite(file, value);
        if (errno != 0) throw new SandboxException(step, $"{Path}/{file}", errno);
    }

    /// <summary>As <see cref="Write"/>; returns 0 or the errno.</summary>
    public int TryWrite(string file, string value)
    {
        using var handle = FileCalls.TryOpenAt(Handle, file, OpenFlags.WriteOnly, 0, out var errno);
        if (handle is null) return errno;
        Span<byte> bytes = stackalloc byte[128];
        var written = FileCalls.TryWrite(handle, bytes[..Encoding.ASCII.GetBytes(value, bytes)]);
        return written < 0 ? -written : 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static string? Remedy(int errno) => errno switch
    {
        Errno.EROFS => "Mount the cgroup tree read-write; a container needs --cgroupns=private and /sys/fs/cgroup read-write.",
        Errno.EACCES or Errno.EPERM => "Run the agent as root, or beneath a group that was delegated to it (systemd: Delegate=yes).",
        _ => null,
    };
}
