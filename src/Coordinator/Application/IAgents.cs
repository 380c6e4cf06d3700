namespace Corral.Coordinator.Application;

/// <summary>What is known of the agents.</summary>
internal interface IAgents
{
    /// <summary>Every agent that ever registered, by name.</summary>
    /// <param name="pool">Of this pool; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<AgentView>> ListAsync(string? pool, CancellationToken cancellationToken);
}
