namespace Corral.Shared.Contracts;

/// <summary>Coordinator to one agent: these reports are committed (or kept as late evidence); the journal may forget them.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Sequences">The journal sequences of the reports.</param>
public sealed record AcknowledgeReports(string AgentId, IReadOnlyList<long> Sequences);
