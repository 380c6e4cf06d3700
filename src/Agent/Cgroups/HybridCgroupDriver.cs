namespace Corral.Agent.Cgroups;

/// <summary>
/// Groups on hosts whose controllers sit on v1: the unified tree gives entry, kill and cpu time; a twin in each v1 hierarchy, beneath the
/// process's own group there, gives the limits. docs/mechanisms/cgroups.md has the table of equivalents.
/// </summary>
internal sealed class HybridCgroupDriver : ICgroupDriver
{
    /// <summary>Limits that v1 must carry.</summary>
    public static readonly IReadOnlyList<string> Needed = ["cpu", "memory", "pids"];

    private readonly string instanceName;
    private readonly List<(GroupDirectory Base, GroupDirectory Instance, GroupDirectory Slice)> twins = [];
    private readonly HybridSlice slices;
    private readonly CounterFile sliceCpu;
    private readonly OomWatch watch;

    /// <summary>Makes the slice of an instance in every hierarchy.</summary>
    public HybridCgroupDriver(CgroupTrees trees, string instance)
    {
        instanceName = GroupName.Prefix + instance;
        GroupName.Check(instanceName);
        try
        {
            var unified = MakeSlice(trees.Unified!);
            var byTree = trees.Legacy.Where(t => t.Controllers.Any(Needed.Contains)).ToDictionary(t => t, MakeSlice);
            GroupDirectory Of(string controller) => byTree[trees.LegacyWith(controller)!];
            slices = new HybridSlice(unified, [.. byTree.Values], Of("cpu"), Of("memory"), Of("pids"));
            if (!slices.Memory.Has("memory.memsw.limit_in_bytes")) Swap.RefuseIfOn();
            sliceCpu = new CounterFile(unified, "cpu.stat");
            watch = new OomWatch();
        }
        catch
        {
            CloseSlices();
            throw;
        }
    }

    public string Mode => "hybrid";

    public SandboxGroup Create(string name, GroupLimits limits)
    {
        GroupName.Check(name);
        var directory = slices.Unified.CreateChild(SandboxStep.CreateGroup, name, mayExist: false);
        HybridSandboxGroup? group = null;
        try
        {
            group = new HybridSandboxGroup(slices, directory, name, watch);
            group.Apply(limits);
            return group;
        }
        catch
        {
            group?.Dispose();
            HybridSandboxGroup.TryRemove(slices, name);
            throw;
        }
    }

    public SandboxGroup? Open(string name)
    {
        GroupName.Check(name);
        return slices.Unified.OpenChild(name) is { } directory ? new HybridSandboxGroup(slices, directory, name, watch) : null;
    }

    public IReadOnlyList<string> List() => slices.Unified.Children();

    public long SliceCpuNs() => CounterText.UsecToNs(sliceCpu.Keyed("usage_usec"u8)) ?? 0;

    public void Dispose()
    {
        watch.Dispose();
        sliceCpu.Dispose();
        CloseSlices();
    }

    private GroupDirectory MakeSlice(CgroupTree tree)
    {
        var own = tree.OwnDirectory ?? throw new SandboxException(SandboxStep.MakeSlice, tree.MountPoint,
            $"the mount does not show this process's own group '{tree.OwnPath}'. Mount the hierarchy anew inside the container, or run it with --cgroupns=private.");
        var baseGroup = GroupDirectory.Open(own);
        var instance = baseGroup.CreateChild(SandboxStep.MakeSlice, instanceName, mayExist: true);
        var slice = instance.CreateChild(SandboxStep.MakeSlice, GroupName.Slice, mayExist: true);
        twins.Add((baseGroup, instance, slice));
        return slice;
    }

    private void CloseSlices()
    {
        foreach (var (baseGroup, instance, slice) in twins)
        {
            slice.Dispose();
            instance.TryRemoveChild(GroupName.Slice);
            instance.Dispose();
            baseGroup.TryRemoveChild(instanceName);
            baseGroup.Dispose();
        }
    }
}
