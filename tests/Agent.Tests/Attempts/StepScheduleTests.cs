using Corral.Agent.Attempts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Attempts;

public sealed class StepScheduleTests
{
    private static StepSpec Step(string name, string[]? needs = null, bool parallel = false, double cpus = 1, long memory = 100, Workspace? workspace = null) => new()
    {
        Name = name,
        Command = ["x"],
        Needs = needs,
        Parallel = parallel,
        Workspace = workspace ?? Workspace.Shared,
        Limits = new ResourceLimits { Cpus = cpus, MemoryBytes = memory, ScratchBytes = 10 },
    };

    private static StepSchedule Schedule(bool stopOnFailure, params StepSpec[] steps) =>
        new(new JobSpec { Tenant = "t", Steps = steps, StopOnFailure = stopOnFailure }, StepPlan.Of(steps));

    [Fact]
    public void Steps_without_needs_run_one_after_another()
    {
        var schedule = Schedule(true, Step("a"), Step("b"));

        Assert.Equal([0], schedule.TakeReady());
        Assert.Empty(schedule.TakeReady());
        schedule.End(0, Verdict.Succeeded);
        Assert.Equal([1], schedule.TakeReady());
        schedule.End(1, Verdict.NonZeroExit);
        Assert.True(schedule.IsDone);
    }

    [Fact]
    public void A_failure_skips_the_rest_and_says_why()
    {
        var schedule = Schedule(true, Step("a"), Step("b"), Step("c", needs: []));
        schedule.TakeReady();
        schedule.End(0, Verdict.MemoryExceeded);

        Assert.True(schedule.IsDone);
        Assert.Equal((StepState.Skipped, "Step 'a' ended MemoryExceeded, and the job stops on failure."), (schedule.State(2), schedule.SkipReason(2)));
    }

    [Fact]
    public void Without_stop_on_failure_only_steps_that_name_the_failed_one_are_skipped()
    {
        var schedule = Schedule(false, Step("a"), Step("b"), Step("c", needs: ["a"]), Step("d", needs: ["c"]), Step("e"));
        schedule.TakeReady();
        schedule.End(0, Verdict.NonZeroExit);

        Assert.Equal([1], schedule.TakeReady());
        Assert.Equal("Step 'a', which it needs, ended NonZeroExit.", schedule.SkipReason(2));
        Assert.Equal("Step 'c', which it needs, was skipped.", schedule.SkipReason(3));
        schedule.End(1, Verdict.Succeeded);
        Assert.Equal([4], schedule.TakeReady());
    }

    [Fact]
    public void A_step_that_reads_the_workspace_of_a_failed_one_is_skipped()
    {
        var schedule = Schedule(false, Step("build"), Step("t", needs: [], workspace: new Workspace(WorkspaceKind.From, "build")));
        schedule.TakeReady();
        schedule.End(0, Verdict.NonZeroExit);

        Assert.Equal(StepState.Skipped, schedule.State(1));
    }

    [Fact]
    public void Parallel_steps_start_together_and_those_beyond_the_reservation_wait_for_room()
    {
        // Two levels: a and b (200 together), then c behind a (150): the reservation is 200, so c waits until b is gone.
        var schedule = Schedule(true, Step("a", [], true), Step("b", [], true), Step("c", ["a"], true, memory: 150));

        Assert.Equal([0, 1], schedule.TakeReady());
        schedule.End(0, Verdict.Succeeded);
        Assert.Empty(schedule.TakeReady());
        schedule.End(1, Verdict.Succeeded);
        Assert.Equal([2], schedule.TakeReady());
    }

    [Fact]
    public void A_step_that_runs_alone_waits_for_all_before_it_and_holds_up_all_after_it()
    {
        var schedule = Schedule(true, Step("a", [], true), Step("b", [], true), Step("alone", []), Step("c", [], true));

        Assert.Equal([0, 1], schedule.TakeReady());
        schedule.End(1, Verdict.Succeeded);
        Assert.Empty(schedule.TakeReady());
        schedule.End(0, Verdict.Succeeded);
        Assert.Equal([2], schedule.TakeReady());
        Assert.Empty(schedule.TakeReady());
        schedule.End(2, Verdict.Succeeded);
        Assert.Equal([3], schedule.TakeReady());
    }

    [Fact]
    public void What_was_over_before_a_restart_is_not_run_again()
    {
        var schedule = Schedule(true, Step("a"), Step("b"), Step("c"));
        schedule.End(0, Verdict.Succeeded);
        schedule.Run(1);

        Assert.Empty(schedule.TakeReady());
        schedule.End(1, Verdict.Succeeded);
        Assert.Equal([2], schedule.TakeReady());
    }

    [Fact]
    public void Any_job_ends_with_every_step_over_none_before_its_needs_and_never_beyond_the_reservation()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 1000; round++)
        {
            var steps = new List<StepSpec>();
            for (var i = random.Next(1, 15); i > 0; i--)
            {
                var needs = random.Next(3) == 0 ? null : steps.Where(_ => random.Next(4) == 0).Select(step => step.Name).ToArray();
                steps.Add(Step($"s{steps.Count}", needs, random.Next(3) > 0, random.Next(1, 5), random.Next(1, 500)));
            }

            var plan = StepPlan.Of(steps);
            var reservation = Reservation.Of(new JobSpec { Tenant = "t", Steps = steps }, plan);
            var schedule = Schedule(random.Next(2) == 0, [.. steps]);
            var running = new List<int>();
            while (!schedule.IsDone)
            {
                foreach (var step in schedule.TakeReady())
                {
                    Assert.All(plan.Needs[step], need => Assert.True(schedule.State(need) is StepState.Ended or StepState.Skipped));
                    running.Add(step);
                }

                Assert.NotEmpty(running);
                Assert.True(running.Sum(step => steps[step].Limits.Cpus) <= reservation.Cpus);
                Assert.True(running.Sum(step => steps[step].Limits.MemoryBytes) <= reservation.MemoryBytes);
                Assert.True(running.Count == 1 || running.All(step => steps[step].Parallel));
                var ended = running[random.Next(running.Count)];
                running.Remove(ended);
                schedule.End(ended, random.Next(5) == 0 ? Verdict.NonZeroExit : Verdict.Succeeded);
            }

            Assert.Empty(running);
        }
    }
}
