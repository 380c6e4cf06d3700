using System.Globalization;

namespace Corral.Coordinator.Scheduling;

/// <summary>
/// Decides which waiting job goes to which agent. Pure: a function of the queue and of the agents' room, without clock or I/O.
/// Jobs are taken in order; one that fits nowhere now is passed over, so that no room stays idle that a later job could use.
/// </summary>
internal static class Planner
{
    /// <summary>The placements for the queue as it stands. The room is taken from the agents; the jobs stay in the queue.</summary>
    /// <param name="queue">The waiting jobs.</param>
    /// <param name="agents">The agents of the pool.</param>
    public static List<Placement> Plan(PendingQueue queue, IReadOnlyCollection<AgentRoom> agents)
    {
        var tooLarge = new HashSet<Demand>();
        return Plan(queue.InOrder(tooLarge), agents, tooLarge);
    }

    /// <summary>The same for jobs in the order given.</summary>
    /// <param name="jobs">In the order in which they are to be served.</param>
    /// <param name="agents">The agents of the pool.</param>
    /// <param name="tooLarge">Grows by the shapes that fit nowhere now.</param>
    public static List<Placement> Plan(IEnumerable<QueuedJob> jobs, IReadOnlyCollection<AgentRoom> agents, HashSet<Demand> tooLarge)
    {
        var placements = new List<Placement>();
        if (!agents.Any(agent => agent.HasSlot))
            return placements;
        foreach (var job in jobs)
        {
            if (tooLarge.Contains(job.Demand))
                continue;
            if (BestFit(job.Demand, agents) is not { } agent)
            {
                tooLarge.Add(job.Demand);
                if (!agents.Any(a => a.HasSlot))
                    break;
                continue;
            }

            agent.Take(job.Demand);
            placements.Add(new Placement(job, agent.Id, agent.Epoch));
        }

        return placements;
    }

    /// <summary>Why a waiting job is not placed, in a sentence; null where it only waits for its turn.</summary>
    public static string? Explain(Demand demand, string pool, IReadOnlyCollection<AgentRoom> agents)
    {
        var live = agents.Where(agent => agent.Live).ToList();
        if (live.Count == 0)
            return $"No agent of pool '{pool}' is alive. Start one with 'corral agent', or wait for its lease to begin.";
        if (live.Any(agent => agent.CouldFit(demand)))
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"No agent of pool '{pool}' is large enough, even when idle: the job reserves {demand.CpuMilli / 1000.0:0.###} cpus and {demand.MemoryBytes} bytes of memory; the largest agents have {live.Max(agent => agent.Capacity.CpuMilli) / 1000.0:0.###} cpus and {live.Max(agent => agent.Capacity.MemoryBytes)} bytes. Lower the limits, or add a larger agent.");
    }

    private static AgentRoom? BestFit(Demand demand, IReadOnlyCollection<AgentRoom> agents)
    {
        AgentRoom? best = null;
        var bestLeft = double.MaxValue;
        foreach (var agent in agents)
        {
            if (!agent.Fits(demand))
                continue;
            var left = agent.LeftAfter(demand);
            if (left < bestLeft || (left == bestLeft && string.CompareOrdinal(agent.Id, best!.Id) < 0))
                (best, bestLeft) = (agent, left);
        }

        return best;
    }
}
