using Corral.Bench.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Bench.Fixtures;

/// <summary>A directory of the cgroup2 tree, without controllers, in which every run gets a group of its own.</summary>
internal sealed class GroupTree : IDisposable
{
    private int _count;

    public GroupTree(string name)
    {
        var root = Report.Machine.UnifiedRoot() ?? throw new InvalidOperationException(
            "No cgroup2 tree is mounted: mount one, for example 'mount -t cgroup2 none /sys/fs/cgroup/unified'.");
        Path = System.IO.Path.Combine(root, name);
        Make(Path);
    }

    public string Path { get; }

    public (string Path, SafeFileHandle Directory) Add()
    {
        var path = $"{Path}/b{Interlocked.Increment(ref _count)}";
        Make(path);
        return (path, Libc.OpenFile(path, Libc.ReadOnly | Libc.Directory));
    }

    public static void Make(string path)
    {
        const uint mode = 0x1ed; // 0755
        if (Libc.MakeDirectory(path, mode) != 0)
            throw Libc.Failed("mkdir", path);
    }

    /// <summary>Removes a group; the kernel may hold it busy for a moment after its last process has been reaped.</summary>
    public static void Remove(string path)
    {
        var deadline = Environment.TickCount64 + 2000;
        while (Libc.RemoveDirectory(path) != 0)
        {
            if (Environment.TickCount64 > deadline)
                throw Libc.Failed("rmdir", path);
            Thread.Sleep(1);
        }
    }

    public void Dispose()
    {
        foreach (var left in Directory.GetDirectories(Path))
        {
            File.WriteAllText(System.IO.Path.Combine(left, "cgroup.kill"), "1");
            Remove(left);
        }
        Remove(Path);
    }
}
