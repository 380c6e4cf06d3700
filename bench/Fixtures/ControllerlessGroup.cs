using Corral.Agent.Cgroups;
using Corral.Bench.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Bench.Fixtures;

/// <summary>A group without limits.</summary>
internal sealed class ControllerlessGroup : SandboxGroup
{
    private readonly string _path;

    public ControllerlessGroup(GroupTree tree, string name, bool create)
    {
        Name = name;
        _path = $"{tree.Path}/{name}";
        if (create)
            GroupTree.Make(_path);
        EntryDirectory = Libc.OpenFile(_path, Libc.ReadOnly | Libc.Directory);
        KillFile = Libc.OpenFile(_path + "/cgroup.kill", Libc.WriteOnly);
    }

    public override string Name { get; }

    public override SafeFileHandle EntryDirectory { get; }

    public override SafeFileHandle KillFile { get; }

    public override IReadOnlyList<SafeFileHandle> AttachFiles => [];

    public override void Apply(GroupLimits limits)
    {
    }

    public override void Kill() => RandomAccess.Write(KillFile, "1"u8, 0);

    public override long ReadCpuNs() => Read().CpuNs;

    public override GroupCounters Read() => CpuStat.Read(_path + "/cpu.stat");

    public override MemoryReading ReadMemory() => default;

    public override bool TryResetMemoryPeak() => false;

    public override bool TryRemove() => Libc.RemoveDirectory(_path) == 0;

    public override void Dispose()
    {
        EntryDirectory.Dispose();
        KillFile.Dispose();
    }
}
