using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: the lease begins. Attempts that are held but fenced must be ended without a bill.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Instance">The process this answers.</param>
/// <param name="Epoch">Strictly greater than every earlier epoch of this agent.</param>
/// <param name="LeaseMs">How long the agent may act after it *sent* the message that this answers, milliseconds.</param>
/// <param name="Fenced">Held attempts that are no longer the agent's.</param>
public sealed record AgentWelcomed(string AgentId, Guid Instance, long Epoch, long LeaseMs, IReadOnlyList<AttemptId> Fenced);
