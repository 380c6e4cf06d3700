using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>The decision to run a job on an agent.</summary>
/// <param name="Job">The job, as it was queued.</param>
/// <param name="Agent">Where.</param>
/// <param name="AgentEpoch">The lease epoch that must still stand when the placement is committed.</param>
[GenerateSerializer, Immutable, Alias("corral.placement")]
internal sealed record Placement(QueuedJob Job, string Agent, long AgentEpoch)
{
    /// <summary>The attempt that it makes.</summary>
    public AttemptId Attempt => new(Job.Id, Job.Attempt + 1);
}
