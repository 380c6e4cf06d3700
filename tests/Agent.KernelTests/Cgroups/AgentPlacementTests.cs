using System.Globalization;
using Corral.Agent.Cgroups;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>These move the test process from group to group, so nothing else may start processes meanwhile.</summary>
[CollectionDefinition(nameof(AgentPlacementTests), DisableParallelization = true)]
public sealed class AgentPlacementAlone;

/// <summary>Where the agent itself is put when a driver opens, and that it is back where it was when the driver has closed.</summary>
[Collection(nameof(AgentPlacementTests))]
public sealed class AgentPlacementTests
{
    private readonly CgroupTree unified = CgroupTrees.ReadOwn().Unified!;

    [Fact]
    public void An_agent_alone_in_its_group_moves_into_a_leaf_where_the_kernel_demands_it_and_comes_back()
    {
        var home = Own();
        var alone = $"{unified.MountPoint}/alone-{Environment.ProcessId}";
        Directory.CreateDirectory(alone);
        try
        {
            Enter(alone);
            string mode;
            using (var driver = CgroupDrivers.OpenInstance("alone"))
            {
                mode = driver.Mode;
                // On v1 a group may hold processes and children both: the agent stays.
                Assert.Equal(mode == "v2" ? alone + "/corral-alone/agent" : alone, Own());
                using var group = driver.Create("one", new GroupLimits(1, 64 << 20, 8));
                Assert.Equal(alone + "/corral-alone/sandboxes/one", GroupProcess.PathOf(group.EntryDirectory));
                Assert.Equal(["one"], driver.List());
                using var second = CgroupDrivers.OpenInstance("second");
                Assert.True(Directory.Exists(alone + "/corral-second"), "beside the first, not within its leaf");
                Assert.True(group.TryRemove());
            }

            Assert.Equal(alone, Own());
            Assert.Empty(Directory.EnumerateDirectories(alone));
        }
        finally
        {
            Enter(home);
            Directory.Delete(alone);
        }
    }

    [Fact]
    public async Task An_agent_that_shares_its_group_leaves_the_others_in_peace()
    {
        var home = Own();
        var shared = $"{unified.MountPoint}/shared-{Environment.ProcessId}";
        Directory.CreateDirectory(shared);
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sleep", "300"))!;
        try
        {
            File.WriteAllText(shared + "/cgroup.procs", other.Id.ToString(CultureInfo.InvariantCulture));
            Enter(shared);
            using (var driver = CgroupDrivers.OpenInstance("sharing"))
            {
                Assert.Equal(shared, Own());
                using var group = driver.Create("one", new GroupLimits(1, 64 << 20, 8));
                var expected = driver.Mode == "v2" ? unified.MountPoint : shared;
                Assert.Equal(expected + "/corral-sharing/sandboxes/one", GroupProcess.PathOf(group.EntryDirectory));
                Assert.True(group.TryRemove());
            }

            Assert.False(Directory.Exists(unified.MountPoint + "/corral-sharing"));
        }
        finally
        {
            Enter(home);
            other.Kill();
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(shared);
        }
    }

    private static string Own() => CgroupTrees.ReadOwn().Unified!.OwnDirectory!;

    private static void Enter(string directory) => File.WriteAllText(directory + "/cgroup.procs", "0");
}
