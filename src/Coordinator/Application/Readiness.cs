using Corral.Coordinator.Storage;

namespace Corral.Coordinator.Application;

/// <summary>Asks the parts.</summary>
internal sealed class Readiness(IJobStore store, IBusHealth bus) : IReadiness
{
    public async Task<IReadOnlyList<ReadinessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var busCheck = bus.Check();
        try
        {
            var agents = await store.AgentsAsync(null, cancellationToken);
            var live = agents.Count(agent => agent.Live);
            return
            [
                new ReadinessCheck("store", true, Needed: true, "The database answers."),
                busCheck,
                new ReadinessCheck("agents", live > 0, Needed: false, $"{live} of {agents.Count} agents have a lease."),
            ];
        }
        catch (StorageException e)
        {
            return [new ReadinessCheck("store", false, Needed: true, e.Message), busCheck];
        }
    }
}
