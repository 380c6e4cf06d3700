using Corral.Agent.Cgroups;

namespace Corral.Bench.Fixtures;

/// <summary>
/// Groups of the cgroup2 tree without controllers: entry, kill and cpu time, no limits. The bars bind on it, because what limit files cost
/// is the host's (v1 attaches, v2 writes) and the bare run beside it has none either. For measurements only: it enforces nothing.
/// </summary>
internal sealed class ControllerlessDriver(GroupTree tree) : ICgroupDriver
{
    public string Mode => "v2";

    public SandboxGroup Create(string name, GroupLimits limits) => new ControllerlessGroup(tree, name, create: true);

    public SandboxGroup? Open(string name) =>
        Directory.Exists($"{tree.Path}/{name}") ? new ControllerlessGroup(tree, name, create: false) : null;

    public IReadOnlyList<string> List() => [.. Directory.GetDirectories(tree.Path).Select(path => Path.GetFileName(path))];

    public long SliceCpuNs() => CpuStat.Read($"{tree.Path}/cpu.stat").CpuNs;

    public void Dispose()
    {
    }
}
