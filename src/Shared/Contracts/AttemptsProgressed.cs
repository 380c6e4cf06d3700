namespace Corral.Shared.Contracts;

/// <summary>Agent to coordinator: what a watcher may like to see. Not durable, never the source of truth.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch.</param>
/// <param name="Items">In the order they happened.</param>
public sealed record AttemptsProgressed(string AgentId, long Epoch, IReadOnlyList<AttemptProgress> Items);
