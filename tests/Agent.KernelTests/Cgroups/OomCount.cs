using System.Text;
using Corral.Agent.Cgroups;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>Reads a group's out-of-memory kills without opening the group, which would bring it under watch.</summary>
internal sealed class OomCount : IDisposable
{
    private readonly FileStream file;

    public OomCount(ICgroupDriver driver, string name)
    {
        using var other = driver.Create(name + "-sibling", new GroupLimits(1, 64 << 20, 4));
        var path = driver.Mode == "v2"
            ? Path.Combine(Path.GetDirectoryName(GroupProcess.PathOf(other.EntryDirectory))!, name, "memory.events")
            : Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(other.AttachFiles.Select(GroupProcess.PathOf).Single(p => p.Contains("/memory/", StringComparison.Ordinal))))!, name, "memory.oom_control");
        other.TryRemove();
        file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
    }

    public long Read()
    {
        var buffer = new byte[4096];
        return CounterText.Keyed(buffer.AsSpan(0, RandomAccess.Read(file.SafeFileHandle, buffer, 0)), Encoding.ASCII.GetBytes("oom_kill")) ?? 0;
    }

    public void Dispose() => file.Dispose();
}
