namespace Corral.Shared.Contracts;

/// <summary>Agent to coordinator: attempts that have ended. Sent again until acknowledged.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch when it was sent.</param>
/// <param name="Reports">One or many.</param>
public sealed record AttemptReports(string AgentId, long Epoch, IReadOnlyList<AttemptReport> Reports);
