using Corral.Shared.Jobs;

namespace Corral.Shared.Tests.Jobs;

public sealed class StepPlanTests
{
    private const long MiB = 1 << 20;

    private static StepSpec Step(string name, long memory = 1, double cpus = 1, string[]? needs = null, bool parallel = false, Workspace? workspace = null, long scratch = 1) => new()
    {
        Name = name,
        Command = ["true"],
        Needs = needs,
        Parallel = parallel,
        Workspace = workspace ?? Workspace.Shared,
        Limits = new ResourceLimits { MemoryBytes = memory * MiB, Cpus = cpus, ScratchBytes = scratch * MiB },
    };

    private static Workspace From(string step) => new(WorkspaceKind.From, step);

    private static Workspace Fresh => new(WorkspaceKind.Fresh);

    private static Reservation Reserve(params StepSpec[] steps) => Reservation.Of(new JobSpec { Tenant = "t", Steps = steps });

    [Fact]
    public void Steps_run_in_declared_order_and_need_the_one_before()
    {
        var plan = StepPlan.Of([Step("a"), Step("b"), Step("c")]);

        Assert.Equal([0, 1, 2], plan.Order);
        Assert.Equal([1], plan.Needs[2]);
        Assert.Equal([0, 1, 2], plan.SegmentOf);
    }

    [Fact]
    public void A_step_that_needs_a_later_one_moves_behind_it_and_nothing_else_moves()
    {
        var plan = StepPlan.Of([Step("a", needs: ["c"]), Step("b", needs: []), Step("c", needs: []), Step("d", needs: [])]);

        Assert.Equal([1, 2, 0, 3], plan.Order);
    }

    [Fact]
    public void A_step_that_runs_alone_parts_the_parallel_ones_around_it()
    {
        var plan = StepPlan.Of([
            Step("a", needs: [], parallel: true), Step("b", needs: [], parallel: true), Step("alone", needs: []), Step("c", needs: [], parallel: true)]);

        Assert.Equal([0, 0, 1, 2], plan.SegmentOf);
    }

    [Fact]
    public void Reading_a_workspace_is_a_need()
    {
        var plan = StepPlan.Of([Step("build"), Step("other", needs: []), Step("t", needs: [], workspace: From("build"))]);

        Assert.Equal([0], plan.Needs[2]);
        Assert.Equal(plan.WorkspaceOf[0], plan.WorkspaceOf[2]);
        Assert.True(plan.Workspaces[0].Frozen);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public void A_circle_or_an_unknown_name_is_a_job_that_was_not_validated(string needOfA, string needOfB)
    {
        Assert.Throws<ArgumentException>(() => StepPlan.Of([Step("a", needs: [needOfA]), Step("b", needs: [needOfB])]));
        Assert.Throws<ArgumentException>(() => StepPlan.Of([Step("a"), Step("b", needs: ["nobody"])]));
    }

    [Fact]
    public void One_step_reserves_its_limits_and_nothing_for_its_workspace() =>
        Assert.Equal(new Reservation(2, 100 * MiB), Reserve(Step("a", memory: 100, cpus: 2, scratch: 64)));

    [Fact]
    public void Steps_in_turn_reserve_the_largest_and_the_workspace_they_share() =>
        Assert.Equal(new Reservation(3, 164 * MiB), Reserve(Step("a", memory: 100, cpus: 2, scratch: 64), Step("b", memory: 50, cpus: 3, scratch: 500)));

    [Fact]
    public void Parallel_steps_are_summed() =>
        Assert.Equal(new Reservation(3, (200 + 64) * MiB), Reserve(
            Step("build", memory: 128, cpus: 1, scratch: 64),
            Step("t1", memory: 100, cpus: 1.5, needs: ["build"], parallel: true, workspace: From("build")),
            Step("t2", memory: 100, cpus: 1.5, needs: ["build"], parallel: true, workspace: From("build"))));

    [Fact]
    public void Parallel_steps_that_wait_for_each_other_are_not_summed() =>
        Assert.Equal(new Reservation(1, 100 * MiB), Reserve(
            Step("a", memory: 100, needs: [], parallel: true, workspace: Fresh), Step("b", memory: 100, parallel: true, workspace: Fresh)));

    [Fact]
    public void A_fresh_workspace_counts_only_where_another_step_reads_it() =>
        Assert.Equal(101 * MiB, Reserve(
            Step("a", memory: 1, workspace: Fresh, scratch: 100), Step("b", memory: 1, workspace: Fresh, scratch: 1000), Step("c", memory: 1, needs: ["a"], workspace: From("a"))).MemoryBytes);

    [Fact]
    public void The_reservation_holds_every_single_step()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 500; round++)
        {
            var steps = new List<StepSpec>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                var needs = steps.Where(_ => random.Next(3) == 0).Select(step => step.Name).ToArray();
                steps.Add(Step($"s{steps.Count}", random.Next(1, 100), random.Next(1, 9), random.Next(2) == 0 ? null : needs, random.Next(2) == 0, random.Next(2) == 0 ? Fresh : null, random.Next(1, 50)));
            }

            var plan = StepPlan.Of(steps);
            var reservation = Reserve([.. steps]);
            Assert.All(steps, step => Assert.True(step.Limits.Cpus <= reservation.Cpus && step.Limits.MemoryBytes <= reservation.MemoryBytes));
            // Every need comes earlier, and segments rise along the order.
            var place = plan.Order.Select((step, at) => (step, at)).ToDictionary(pair => pair.step, pair => pair.at);
            Assert.All(Enumerable.Range(0, steps.Count), step => Assert.All(plan.Needs[step], need => Assert.True(place[need] < place[step])));
            Assert.Equal(plan.Order.Select(step => plan.SegmentOf[step]).Order(), plan.Order.Select(step => plan.SegmentOf[step]));
        }
    }
}
