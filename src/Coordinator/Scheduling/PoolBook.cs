using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>
/// A pool in memory: the jobs that wait, the agents' room, and the attempts that have not ended. No clock, no I/O. Room is taken when a placement is planned
/// and given back when an end is reported, both before the store has committed; the store applies them in the same order and guards them, so what is
/// planned here and refused there only loses that placement.
/// </summary>
internal sealed class PoolBook
{
    private readonly Dictionary<string, AgentRoom> _agents = new(StringComparer.Ordinal);
    private readonly Dictionary<JobId, PlacedAttempt> _placed = [];

    public PendingQueue Queue { get; } = new();
    public IReadOnlyCollection<AgentRoom> Agents => _agents.Values;

    public AgentRoom? Agent(string id) => _agents.GetValueOrDefault(id);
    public PlacedAttempt? Placed(JobId job) => _placed.GetValueOrDefault(job);
    public PlacedAttempt? Placed(AttemptId attempt) => _placed.TryGetValue(attempt.Job, out var placed) && placed.Attempt == attempt ? placed : null;
    public IEnumerable<PlacedAttempt> PlacedOn(string agent) => _placed.Values.Where(placed => placed.Agent == agent);

    /// <summary>The agent has a lease with this epoch and this size; what it has taken stays taken.</summary>
    public AgentRoom SetAgent(string id, long epoch, Demand capacity, int maxAttempts)
    {
        if (_agents.TryGetValue(id, out var room))
        {
            room.Epoch = epoch;
            room.Live = true;
            room.Resize(capacity, maxAttempts);
        }
        else
        {
            _agents.Add(id, room = new AgentRoom(id, epoch, capacity, maxAttempts));
            foreach (var placed in PlacedOn(id))
            {
                if (!placed.Ending)
                    room.Take(placed.Job.Demand);
            }
        }

        return room;
    }

    public void RemoveAgent(string id) => _agents.Remove(id);

    /// <summary>Plans the queue and takes the jobs out of it.</summary>
    public List<Placement> Plan()
    {
        var placements = Planner.Plan(Queue, _agents.Values);
        foreach (var placement in placements)
        {
            Queue.Remove(placement.Job.Id);
            _placed.Add(placement.Job.Id, new PlacedAttempt(placement));
        }

        return placements;
    }

    /// <summary>Plans jobs that are not stored yet, before those of the queue only where these do not fit anyway.</summary>
    public List<Placement> PlanNew(IEnumerable<QueuedJob> jobs)
    {
        var placements = Planner.Plan(jobs.Order(PendingQueue.Order.Instance), _agents.Values, []);
        foreach (var placement in placements)
            _placed.Add(placement.Job.Id, new PlacedAttempt(placement));
        return placements;
    }

    /// <summary>An attempt that the store knows already.</summary>
    public PlacedAttempt Restore(Placement placement)
    {
        var placed = new PlacedAttempt(placement) { Committed = true };
        _placed.Add(placement.Job.Id, placed);
        _agents.GetValueOrDefault(placement.Agent)?.Take(placement.Job.Demand);
        return placed;
    }

    /// <summary>Gives the room back, at once and only once, while the end is still to be committed.</summary>
    public void BeginEnd(PlacedAttempt placed)
    {
        if (placed.Ending)
            return;
        placed.Ending = true;
        _agents.GetValueOrDefault(placed.Agent)?.Give(placed.Job.Demand);
    }

    /// <summary>The attempt is no more: ended, or its placement was refused.</summary>
    public void Forget(PlacedAttempt placed)
    {
        BeginEnd(placed);
        _placed.Remove(placed.Attempt.Job);
    }
}
