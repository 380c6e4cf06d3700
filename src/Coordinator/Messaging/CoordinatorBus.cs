using Corral.Shared.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Corral.Coordinator.Messaging;

/// <summary>The coordinator's part of a bus, whatever the transport.</summary>
internal static class CoordinatorBus
{
    /// <summary>With <c>UsingInMemory</c> or another transport: the coordinator's queue.</summary>
    public static void ConfigureCorralCoordinator(this IBusFactoryConfigurator transport, IBusRegistrationContext context) =>
        transport.ReceiveEndpoint(Queues.Reports, endpoint =>
        {
            // A report waits for its commit; the next ones must be taken meanwhile, to share it.
            endpoint.PrefetchCount = 256;
            endpoint.ConcurrentMessageLimit = 64;
            // One for all messages: a scope for each would be a tenth of what a message costs.
            endpoint.Consumer(context.GetRequiredService<AgentMessages>);
        });
}
