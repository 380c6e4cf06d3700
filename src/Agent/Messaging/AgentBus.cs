using Corral.Shared.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Corral.Agent.Messaging;

/// <summary>The agent's part of a bus, whatever the transport.</summary>
public static class AgentBus
{
    // Messages are mostly waited for (an fsync), not computed: the more at once, the more share it.
    private const int MessagesAtOnce = 64;

    /// <summary>With <c>UsingInMemory</c> or another transport: the agent's own queue, <c>agent.ID</c>.</summary>
    /// <param name="transport">The transport.</param>
    /// <param name="context">The registration.</param>
    public static void ReceiveCorralAgent(this IBusFactoryConfigurator transport, IBusRegistrationContext context)
    {
        var agentId = context.GetRequiredService<IOptions<AgentOptions>>().Value.Id;
        transport.ReceiveEndpoint(Queues.Agent(agentId), endpoint =>
        {
            // Only its own names: nothing is published, so no exchange of a message type is bound.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = MessagesAtOnce;
            endpoint.ConcurrentMessageLimit = MessagesAtOnce;
            // One for all messages: a scope for each would be a tenth of what a message costs.
            endpoint.Consumer(context.GetRequiredService<AgentConsumer>);
        });
    }
}
