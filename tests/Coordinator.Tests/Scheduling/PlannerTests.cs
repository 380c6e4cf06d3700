using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Scheduling;

public sealed class PlannerTests
{
    private const long Gib = 1L << 30;
    private static int s_ids;

    [Fact]
    public void Higher_priority_goes_first_then_the_earlier_submission()
    {
        var early = Job(1000);
        var late = Job(1000);
        var urgent = Job(1000, priority: 5);
        Assert.Equal([urgent, early], Plan([late, early, urgent], Agent("a", 2000)).Select(placement => placement.Job));
    }

    [Fact]
    public void A_job_that_does_not_fit_lets_smaller_ones_pass()
    {
        var large = Job(4000);
        var small = Job(1000);
        Assert.Equal([small], Plan([large, small], Agent("a", 2000)).Select(placement => placement.Job));
    }

    [Fact]
    public void The_agent_that_is_left_with_least_takes_the_job()
    {
        Assert.Equal("tight", Plan([Job(1000)], Agent("roomy", 8000), Agent("tight", 1500)).Single().Agent);
        Assert.Equal("a", Plan([Job(1000)], Agent("b", 2000), Agent("a", 2000)).Single().Agent);
    }

    [Fact]
    public void Memory_and_attempt_slots_bind_like_processors()
    {
        Assert.Equal(2, Plan([Job(100, Gib), Job(100, Gib), Job(100, Gib)], new AgentRoom("a", 1, new Demand(8000, (2 * Gib) + 5), 10)).Count);
        Assert.Single(Plan([Job(100), Job(100)], new AgentRoom("a", 1, new Demand(8000, 8 * Gib), 1)));
    }

    [Fact]
    public void An_agent_without_a_lease_gets_nothing()
    {
        var agent = Agent("a", 8000);
        agent.Live = false;
        Assert.Empty(Plan([Job(100)], agent));
    }

    [Fact]
    public void A_job_larger_than_every_agent_is_told_so_and_one_that_waits_its_turn_is_not()
    {
        var agent = Agent("a", 2000);
        agent.Take(new Demand(2000, Gib));
        Assert.Null(Planner.Explain(new Demand(1000, Gib), "p", [agent]));
        var reason = Planner.Explain(new Demand(4000, Gib), "p", [agent])!;
        Assert.Contains("4 cpus", reason, StringComparison.Ordinal);
        Assert.Contains("2 cpus", reason, StringComparison.Ordinal);
        Assert.Contains("No agent of pool 'p' is alive", Planner.Explain(new Demand(1, 1), "p", []), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1, 100)]
    [InlineData(0.0101, 11)]
    [InlineData(1, 1000)]
    [InlineData(0.30000000000000004, 300)]
    public void Processors_are_rounded_up_to_a_thousandth_but_not_by_binary_noise(double cpus, long milli)
    {
        var spec = new JobSpec { Tenant = "t", Steps = [new StepSpec { Name = "s", Command = ["x"], Limits = new ResourceLimits { Cpus = cpus } }] };
        Assert.Equal(milli, Demand.Of(spec).CpuMilli);
    }

    /// <summary>For random pools: no agent is over-committed (I2), no job that would still fit is left waiting, and no job was passed by another of its shape that goes later.</summary>
    [Fact]
    public void Random_plans_never_over_commit_waste_room_or_break_the_order()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var book = new PoolBook();
            for (var i = random.Next(0, 5); i > 0; i--)
                book.SetAgent($"a{i}", 1, new Demand(random.Next(1, 9) * 500, random.Next(1, 9) * Gib), random.Next(1, 6)).Live = random.Next(10) > 0;
            for (var i = random.Next(0, 40); i > 0; i--)
                book.Queue.Add(Job(random.Next(1, 7) * 250, random.Next(1, 4) * Gib, random.Next(-1, 2)));
            var waiting = book.Queue.InOrder([]).ToList();
            var placed = new List<Placement>();
            // Several plans in a row, with ends between: the book must stay right over its life.
            for (var turn = 0; turn < 4; turn++)
            {
                var plan = book.Plan();
                placed.AddRange(plan);
                Check(book, plan, waiting, $"seed {seed}, round {round}, turn {turn}");
                foreach (var placement in placed.Where(_ => random.Next(2) == 0).ToList())
                {
                    book.Forget(book.Placed(placement.Attempt)!);
                    placed.Remove(placement);
                }
            }
        }
    }

    private static void Check(PoolBook book, List<Placement> plan, List<QueuedJob> order, string where)
    {
        foreach (var agent in book.Agents)
        {
            var on = book.PlacedOn(agent.Id).ToList();
            Assert.True(on.Sum(placed => placed.Job.Demand.CpuMilli) == agent.Used.CpuMilli && agent.Used.CpuMilli <= agent.Capacity.CpuMilli, $"cpu, {where}");
            Assert.True(on.Sum(placed => placed.Job.Demand.MemoryBytes) == agent.Used.MemoryBytes && agent.Used.MemoryBytes <= agent.Capacity.MemoryBytes, $"memory, {where}");
            Assert.True(on.Count == agent.Attempts && agent.Attempts <= agent.MaxAttempts, $"slots, {where}");
        }

        var left = book.Queue.InOrder([]).ToList();
        Assert.DoesNotContain(left, job => book.Agents.Any(agent => agent.Fits(job.Demand)));
        foreach (var placement in plan)
            Assert.DoesNotContain(left, job => job.Demand == placement.Job.Demand && order.IndexOf(job) < order.IndexOf(placement.Job));
    }

    private static List<Placement> Plan(QueuedJob[] jobs, params AgentRoom[] agents)
    {
        var queue = new PendingQueue();
        foreach (var job in jobs)
            queue.Add(job);
        return Planner.Plan(queue, agents);
    }

    private static AgentRoom Agent(string id, long cpuMilli) => new(id, 1, new Demand(cpuMilli, 64 * Gib), 100);

    private static QueuedJob Job(long cpuMilli, long memory = 1 << 20, int priority = 0) =>
        new(new JobId(new Guid(Interlocked.Increment(ref s_ids), 0, 0, new byte[8])), "t", priority, new Demand(cpuMilli, memory), 0, 3, 1, default);
}
