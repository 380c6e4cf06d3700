using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>An attempt that has not ended, in a pool's memory.</summary>
internal sealed class PlacedAttempt(Placement placement)
{
    private SortedSet<int>? _steps;

    public AttemptId Attempt { get; } = placement.Attempt;
    public QueuedJob Job => placement.Job;
    public string Agent => placement.Agent;
    public long AgentEpoch => placement.AgentEpoch;

    /// <summary>The placement is durable; before that no order leaves.</summary>
    public bool Committed { get; set; }

    /// <summary>Its end is being committed, and its room is given back.</summary>
    public bool Ending { get; set; }

    /// <summary>The agent said that it started.</summary>
    public bool Running { get; set; }

    /// <summary>Its job is to be cancelled: the agent is told until it reports the end.</summary>
    public bool CancelRequested { get; set; }

    /// <summary>When its order last left, by the monotonic clock.</summary>
    public long OrderedAt { get; set; }

    /// <summary>The steps known to have started.</summary>
    public IReadOnlyCollection<int> Steps => _steps ?? (IReadOnlyCollection<int>)[];

    /// <summary>False where that was known.</summary>
    public bool StepStarted(int index) => (_steps ??= []).Add(index);
}
