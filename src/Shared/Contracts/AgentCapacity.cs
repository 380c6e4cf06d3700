namespace Corral.Shared.Contracts;

/// <summary>What an agent can reserve for attempts: by default its processors and 80 % of its memory.</summary>
/// <param name="Cpus">Processors, greater than 0.</param>
/// <param name="MemoryBytes">Bytes, greater than 0.</param>
/// <param name="MaxAttempts">Attempts at once, whatever they reserve: at least 1.</param>
public sealed record AgentCapacity(double Cpus, long MemoryBytes, int MaxAttempts);
