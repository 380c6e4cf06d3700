namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: run these attempts. Each is committed before the order leaves. An agent drops orders of another epoch, and answers a known attempt instead of running it again.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch the orders were made under.</param>
/// <param name="Orders">One or many.</param>
public sealed record StartAttempts(string AgentId, long Epoch, IReadOnlyList<AttemptOrder> Orders);
