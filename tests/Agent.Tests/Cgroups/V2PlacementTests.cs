using static Corral.Agent.Cgroups.V2Placement;

namespace Corral.Agent.Tests.Cgroups;

public sealed class V2PlacementTests
{
    private const int Me = 77;
    private static readonly string[] All = ["cpuset", "cpu", "io", "memory", "pids"];
    private static readonly Candidate Root = new("/sys/fs/cgroup", true, All, [1, 2, 3, Me]);

    [Fact]
    public void A_delegated_unit_is_used_and_the_agent_moves_into_a_leaf() =>
        Assert.Equal(new Choice("/sys/fs/cgroup/system.slice/corral.service", MovesAgent: true), Choose(new Candidate("/sys/fs/cgroup/system.slice/corral.service", false, All, [Me]), Root, Me));

    [Fact]
    public void A_group_that_the_agent_has_emptied_already_is_used_as_it_is() =>
        Assert.Equal(new Choice("/u", MovesAgent: false), Choose(new Candidate("/u", false, All, []), Root, Me));

    [Fact]
    public void A_login_session_is_shared_so_the_root_of_the_hierarchy_is_used() =>
        Assert.Equal(new Choice("/sys/fs/cgroup", MovesAgent: false), Choose(new Candidate("/sys/fs/cgroup/user.slice/session-1.scope", false, All, [50, 51, Me]), Root, Me));

    [Fact]
    public void A_unit_without_the_cpu_controller_is_passed_over() =>
        Assert.Equal("/sys/fs/cgroup", Choose(new Candidate("/u", false, ["memory", "pids"], [Me]), Root, Me).Path);

    [Fact]
    public void A_process_in_the_root_needs_no_move() => Assert.Equal(new Choice("/sys/fs/cgroup", MovesAgent: false), Choose(Root, Root, Me));

    [Fact]
    public void A_container_where_the_agent_is_alone_is_used() =>
        Assert.Equal(new Choice("/sys/fs/cgroup", MovesAgent: true), Choose(null, new Candidate("/sys/fs/cgroup", false, All, [Me]), Me));

    [Fact]
    public void A_container_shared_with_others_is_refused_with_their_ids_and_the_remedy()
    {
        var refusal = Assert.Throws<SandboxException>(() => Choose(null, new Candidate("/sys/fs/cgroup", false, All, [1, 0, Me]), Me));
        Assert.Equal(SandboxStep.MakeSlice, refusal.Step);
        Assert.Contains("(1, one of another pid namespace)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Delegate=yes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_that_was_given_no_cpu_controller_is_refused_with_its_name()
    {
        var refusal = Assert.Throws<SandboxException>(() => Choose(null, new Candidate("/sys/fs/cgroup", false, ["memory", "pids"], [Me]), Me));
        Assert.Equal("cpu", refusal.Target);
    }

    [Theory]
    [InlineData("/a/corral-12ab/agent", "/a")]
    [InlineData("/sys/fs/cgroup/corral-12ab/agent", "/sys/fs/cgroup")]
    [InlineData("/a/agent", "/a/agent")]
    [InlineData("/a/corral-12ab", "/a/corral-12ab")]
    [InlineData("/corral-12ab/agent", "")]
    public void Who_sits_in_an_agents_leaf_looks_above_the_instance(string own, string expected) => Assert.Equal(expected, WithoutAgentLeaf(own));
}
