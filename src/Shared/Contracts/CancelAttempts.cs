using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: end these attempts with the verdict Cancelled (or DeadlinePassed). Unknown and ended ones are ignored.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch.</param>
/// <param name="Attempts">Which.</param>
/// <param name="Verdict">Cancelled or DeadlinePassed.</param>
public sealed record CancelAttempts(string AgentId, long Epoch, IReadOnlyList<AttemptId> Attempts, Verdict Verdict);
