using System.Globalization;
using Corral.Agent.Interop;

namespace Corral.Agent.Cgroups;

/// <summary>Groups where cgroup2 carries cpu, memory and pids: <c>BASE/corral-INSTANCE/{agent,sandboxes/NAME}</c>.</summary>
internal sealed class V2CgroupDriver : ICgroupDriver
{
    private readonly GroupDirectory baseGroup;
    private readonly GroupDirectory instance;
    private readonly GroupDirectory slice;
    private readonly CounterFile sliceCpu;
    private readonly string instanceName;
    private readonly bool movedAgent;
    private readonly IReadOnlyList<string> handedDown;

    /// <summary>Makes the slice of an instance and hands the controllers down to it, moving the agent into a leaf where the kernel asks for it.</summary>
    public V2CgroupDriver(CgroupTree tree, string instance)
    {
        var choice = Choose(tree);
        instanceName = GroupName.Prefix + instance;
        GroupName.Check(instanceName);
        baseGroup = GroupDirectory.Open(choice.Path);
        this.instance = baseGroup.CreateChild(SandboxStep.MakeSlice, instanceName, mayExist: true);
        if (choice.MovesAgent)
        {
            using var leaf = this.instance.CreateChild(SandboxStep.MakeSlice, GroupName.Agent, mayExist: true);
            leaf.Write(SandboxStep.MakeSlice, "cgroup.procs", "0");
            movedAgent = true;
        }

        handedDown = HandDown(baseGroup);
        HandDown(this.instance);
        slice = this.instance.CreateChild(SandboxStep.MakeSlice, GroupName.Slice, mayExist: true);
        HandDown(slice);
        sliceCpu = new CounterFile(slice, "cpu.stat");
        RefuseUncountedSwap();
    }

    public string Mode => "v2";

    public SandboxGroup Create(string name, GroupLimits limits)
    {
        GroupName.Check(name);
        var group = new V2SandboxGroup(slice, slice.CreateChild(SandboxStep.CreateGroup, name, mayExist: false), name);
        try
        {
            group.Apply(limits);
            return group;
        }
        catch
        {
            group.Dispose();
            slice.TryRemoveChild(name);
            throw;
        }
    }

    public SandboxGroup? Open(string name)
    {
        GroupName.Check(name);
        return slice.OpenChild(name) is { } directory ? new V2SandboxGroup(slice, directory, name) : null;
    }

    public IReadOnlyList<string> List() => slice.Children();

    public long SliceCpuNs() => CounterText.UsecToNs(sliceCpu.Keyed("usage_usec"u8)) ?? 0;

    /// <summary>Closes the slice and takes away what is empty: after a clean stop nothing of the instance is left.</summary>
    public void Dispose()
    {
        sliceCpu.Dispose();
        slice.Dispose();
        if (instance.TryRemoveChild(GroupName.Slice)) Retreat();
        instance.Dispose();
        baseGroup.TryRemoveChild(instanceName);
        baseGroup.Dispose();
    }

    private static V2Placement.Choice Choose(CgroupTree tree)
    {
        var top = Examine(tree.MountPoint);
        var own = tree.OwnDirectory is { } directory ? V2Placement.WithoutAgentLeaf(directory) : null;
        return V2Placement.Choose(own is null || own == tree.MountPoint ? top : Examine(own), top, Environment.ProcessId);
    }

    private static V2Placement.Candidate Examine(string path) => new(
        path,
        IsHierarchyRoot: !File.Exists(path + "/cgroup.type"), // every group but the root has a type
        File.ReadAllText(path + "/cgroup.controllers").Split(' ', '\n').Where(c => c.Length > 0).ToList(),
        File.ReadAllLines(path + "/cgroup.procs").Select(l => int.Parse(l, CultureInfo.InvariantCulture)).ToList());

    // Returns what was not handed down before, so that a retreat takes back no more than that. io is for accounting only.
    private static List<string> HandDown(GroupDirectory group)
    {
        var before = File.ReadAllText(group.Path + "/cgroup.subtree_control").Split(' ', '\n');
        var added = V2Placement.Needed.Where(c => !before.Contains(c)).ToList();
        if (added.Count > 0) group.Write(SandboxStep.MakeSlice, "cgroup.subtree_control", string.Join(' ', added.Select(c => "+" + c)));
        if (!before.Contains("io") && group.TryWrite("cgroup.subtree_control", "+io") == 0) added.Add("io");
        return added;
    }

    private void RefuseUncountedSwap()
    {
        const string probe = "swap-probe";
        using (var group = slice.CreateChild(SandboxStep.MakeSlice, probe, mayExist: true))
        {
            if (!group.Has("memory.swap.max")) Swap.RefuseIfOn();
        }

        slice.TryRemoveChild(probe);
    }

    // The way back: controllers off, everyone out of the leaf. A launcher that outlives the agent stays with its agent's group otherwise.
    private void Retreat()
    {
        if (!movedAgent) return;
        foreach (var group in (ReadOnlySpan<GroupDirectory>)[instance, baseGroup])
        {
            var controllers = group == baseGroup ? handedDown : V2Placement.Needed.Append("io");
            foreach (var controller in controllers) group.TryWrite("cgroup.subtree_control", "-" + controller);
        }

        using (var leaf = instance.OpenChild(GroupName.Agent))
        {
            if (leaf is null) return;
            foreach (var pid in File.ReadAllLines(leaf.Path + "/cgroup.procs"))
            {
                if (baseGroup.TryWrite("cgroup.procs", pid) == Errno.EBUSY) return;
            }
        }

        instance.TryRemoveChild(GroupName.Agent);
    }
}
