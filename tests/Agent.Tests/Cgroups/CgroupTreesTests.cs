using Corral.Agent.Cgroups;

namespace Corral.Agent.Tests.Cgroups;

public sealed class CgroupTreesTests
{
    // A hybrid host, kernel 6.18: every v1 controller apart, the process in a memory group of its own.
    private const string HybridGroups = "9:name=systemd:/\n8:pids:/\n7:blkio:/\n6:freezer:/\n5:devices:/\n4:memory:/process_api/3745\n3:cpuset:/\n2:cpuacct:/\n1:cpu:/\n0::/\n";

    private const string HybridMounts = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
        33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
        34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
        40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    [Fact]
    public void Controllers_mounted_apart_are_found_with_the_own_group_of_each()
    {
        var trees = CgroupTrees.Parse(HybridGroups, HybridMounts);
        Assert.Equal("/sys/fs/cgroup/unified", trees.Unified!.OwnDirectory);
        Assert.Equal("/sys/fs/cgroup/cpu", trees.LegacyWith("cpu")!.OwnDirectory);
        Assert.Equal("/sys/fs/cgroup/memory/process_api/3745", trees.LegacyWith("memory")!.OwnDirectory);
        Assert.Equal("/sys/fs/cgroup/pids", trees.LegacyWith("pids")!.OwnDirectory);
        Assert.Null(trees.LegacyWith("hugetlb"));
        Assert.Null(trees.LegacyWith("name=systemd"));
        Assert.Equal("hybrid", CgroupDrivers.Choose(trees, []));
    }

    [Fact]
    public void Controllers_mounted_together_are_one_tree()
    {
        var trees = CgroupTrees.Parse(
            "11:cpu,cpuacct:/user.slice\n10:memory:/user.slice/user-0.slice\n3:pids:/user.slice\n1:name=systemd:/user.slice\n0::/user.slice\n",
            """
            30 25 0:26 / /sys/fs/cgroup/unified rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
            31 25 0:27 / /sys/fs/cgroup/systemd rw,nosuid shared:10 - cgroup cgroup rw,xattr,name=systemd
            33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct
            34 25 0:30 / /sys/fs/cgroup/memory rw,nosuid shared:16 - cgroup cgroup rw,memory
            35 25 0:31 / /sys/fs/cgroup/pids rw,nosuid shared:17 - cgroup cgroup rw,pids
            """);
        Assert.Same(trees.LegacyWith("cpu"), trees.LegacyWith("cpuacct"));
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct/user.slice", trees.LegacyWith("cpu")!.OwnDirectory);
        Assert.Equal("hybrid", CgroupDrivers.Choose(trees, ["hugetlb"]));
    }

    [Fact]
    public void A_container_without_a_cgroup_namespace_sees_its_own_group_as_the_mounts_top()
    {
        var trees = CgroupTrees.Parse("4:memory:/docker/abc\n3:pids:/docker/abc\n2:cpu,cpuacct:/docker/abc\n0::/docker/abc\n",
            """
            700 690 0:30 /docker/abc /sys/fs/cgroup/memory ro,nosuid master:16 - cgroup cgroup rw,memory
            701 690 0:30 /docker/abc /run/rw\040memory rw,nosuid - cgroup cgroup rw,memory
            702 690 0:26 /docker/abc /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            """);
        Assert.Equal("/run/rw memory", trees.LegacyWith("memory")!.OwnDirectory);
        Assert.Equal("/sys/fs/cgroup/unified", trees.Unified!.OwnDirectory);
        Assert.Contains("pids", Refusal(trees, []).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/", "/m")]
    [InlineData("/", "/a/b", "/m/a/b")]
    [InlineData("/a", "/a", "/m")]
    [InlineData("/a", "/a/b", "/m/b")]
    [InlineData("/a", "/ab", null)]
    [InlineData("/a", "/", null)]
    [InlineData("/", "/../x", null)]
    [InlineData("/", "/..", null)]
    public void The_own_directory_is_the_path_beneath_the_mounts_root(string root, string own, string? expected) =>
        Assert.Equal(expected, new CgroupTree("/m", root, true, false, [], own).OwnDirectory);

    [Fact]
    public void Pure_cgroup2_is_v2()
    {
        var trees = CgroupTrees.Parse("0::/job\n", "30 24 0:27 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw");
        Assert.Empty(trees.Legacy);
        Assert.Equal("v2", CgroupDrivers.Choose(trees, ["cpuset", "cpu", "io", "memory", "pids"]));
    }

    [Fact]
    public void A_host_without_cgroup2_is_refused_with_the_mount_command()
    {
        var trees = CgroupTrees.Parse(HybridGroups, string.Join('\n', HybridMounts.Split('\n').Where(l => !l.Contains("cgroup2", StringComparison.Ordinal))));
        Assert.Contains("mount -t cgroup2", Refusal(trees, null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_lacks_a_controller_is_refused_with_its_name()
    {
        var trees = CgroupTrees.Parse("0::/\n", "30 24 0:27 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw");
        var refusal = Refusal(trees, ["cpu", "pids"]);
        Assert.Equal("cpu, memory, pids", refusal.Target); // none of them is on v1
        Assert.Contains("no hierarchy offers memory", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Controllers_spread_over_v1_and_cgroup2_are_refused()
    {
        var trees = CgroupTrees.Parse(HybridGroups, string.Join('\n', HybridMounts.Split('\n').Where(l => !l.Contains("/pids", StringComparison.Ordinal))));
        Assert.Contains("pids sits on cgroup2", Refusal(trees, ["pids"]).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("garbage", "garbage")]
    [InlineData("0::", "1 2 3 - cgroup2")]
    [InlineData("0:/:\n:::\n", "a b c d e f - cgroup2 x y\n - - - \n")]
    [InlineData("0::/x\n", "30 24 0:27 / /sys\\04 rw - cgroup2 cgroup2 rw")]
    [InlineData("5:memory\n", "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory")]
    public void Hostile_files_give_no_tree_or_a_tree_but_never_throw(string groups, string mounts) => Assert.Empty(CgroupTrees.Parse(groups, mounts).Legacy);

    [Theory]
    [InlineData("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", false)]
    [InlineData("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda2 partition 1000 0 -2\n", true)]
    [InlineData("", false)]
    public void Swap_is_on_where_a_device_is_listed(string swaps, bool expected) => Assert.Equal(expected, Swap.IsOn(swaps));

    private static SandboxException Refusal(CgroupTrees trees, string[]? unified) => Assert.Throws<SandboxException>(() => CgroupDrivers.Choose(trees, unified));
}
