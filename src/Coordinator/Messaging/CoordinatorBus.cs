using Corral.Shared.Contracts;
using MassTransit;

namespace Corral.Coordinator.Messaging;

/// <summary>The coordinator's part of a bus, whatever the transport.</summary>
internal static class CoordinatorBus
{
    /// <summary>With <c>AddMassTransit</c>: the coordinator's consumers.</summary>
    public static void AddCorralCoordinatorConsumers(this IBusRegistrationConfigurator bus) => bus.AddConsumer<AgentMessages>();

    /// <summary>With <c>UsingInMemory</c> or another transport: the coordinator's queue.</summary>
    public static void ConfigureCorralCoordinator(this IBusFactoryConfigurator transport, IBusRegistrationContext context) =>
        transport.ReceiveEndpoint(Queues.Reports, endpoint =>
        {
            // A report waits for its commit; the next ones must be taken meanwhile, to share it.
            endpoint.PrefetchCount = 256;
            endpoint.ConcurrentMessageLimit = 64;
            endpoint.ConfigureConsumer<AgentMessages>(context);
        });
}
