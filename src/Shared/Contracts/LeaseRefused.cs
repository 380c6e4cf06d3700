namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: this epoch is not the agent's (any more); ask for a new one with <see cref="AgentStarted"/>.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The refused epoch.</param>
public sealed record LeaseRefused(string AgentId, long Epoch);
