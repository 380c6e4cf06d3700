using Corral.Coordinator.Storage;

namespace Corral.Coordinator.Application;

/// <summary>The agents as the store knows them.</summary>
internal sealed class Agents(IJobStore store) : IAgents
{
    public Task<IReadOnlyList<AgentView>> ListAsync(string? pool, CancellationToken cancellationToken) => store.AgentsAsync(pool, cancellationToken);
}
