using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: publish the live output of these attempts, from its first kept byte, or stop doing so.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch.</param>
/// <param name="Attempts">Which.</param>
/// <param name="On">Start or stop.</param>
public sealed record WatchAttempts(string AgentId, long Epoch, IReadOnlyList<AttemptId> Attempts, bool On);
