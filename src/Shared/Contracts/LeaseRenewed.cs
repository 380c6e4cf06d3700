using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: the lease counts anew from the moment the renewal was sent.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch.</param>
/// <param name="Renewal">Which renewal this answers.</param>
/// <param name="LeaseMs">How long the agent may act after it *sent* that renewal, milliseconds.</param>
/// <param name="Fenced">Held attempts that are no longer the agent's: end them without a bill.</param>
public sealed record LeaseRenewed(string AgentId, long Epoch, long Renewal, long LeaseMs, IReadOnlyList<AttemptId> Fenced);
