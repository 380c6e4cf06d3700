using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>A pool as the store knows it.</summary>
/// <param name="Epoch">The epoch just taken.</param>
/// <param name="Queued">Jobs that wait.</param>
/// <param name="Open">Attempts that have not ended.</param>
/// <param name="Agents">Agents, live or not.</param>
internal sealed record PoolSnapshot(long Epoch, IReadOnlyList<QueuedJob> Queued, IReadOnlyList<OpenAttempt> Open, IReadOnlyList<AgentRow> Agents);

/// <summary>An attempt that has not ended.</summary>
/// <param name="Attempt">Its id.</param>
/// <param name="Agent">Where.</param>
/// <param name="AgentEpoch">The agent's epoch at the placement.</param>
/// <param name="Job">Its job, as it was queued.</param>
/// <param name="PlacedAt">When it was committed.</param>
/// <param name="Running">Whether the agent said that it started.</param>
/// <param name="CancelRequested">Whether its job is to be cancelled.</param>
/// <param name="StartedSteps">The steps known to have started, from 0.</param>
internal sealed record OpenAttempt(
    AttemptId Attempt, string Agent, long AgentEpoch, QueuedJob Job, DateTimeOffset PlacedAt, bool Running, bool CancelRequested, IReadOnlyList<int> StartedSteps);

/// <summary>An agent and what it can take.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Live">Whether a lease runs.</param>
/// <param name="LeaseUntil">Until when.</param>
/// <param name="Capacity">All it can reserve.</param>
/// <param name="MaxAttempts">All the attempts it can hold.</param>
[GenerateSerializer, Immutable, Alias("corral.agent-row")]
internal sealed record AgentRow(string Id, long Epoch, bool Live, DateTimeOffset LeaseUntil, Demand Capacity, int MaxAttempts);
