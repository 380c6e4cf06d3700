using Corral.Agent.Files;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Corral.Agent;

/// <summary>Puts an agent together in a host. The host brings an <see cref="IBlobTransfer"/> and a MassTransit bus.</summary>
public static class AgentHosting
{
    // Messages are mostly waited for (an fsync), not computed: the more at once, the more share it.
    private const int MessagesAtOnce = 64;

    /// <summary>Adds the agent. Register it after the bus and after what answers it, so that it starts last and stops first.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">Section <c>Agent</c>, with <c>Journal</c>, <c>Outputs</c> and <c>Blobs</c> beneath it.</param>
    /// <param name="configure">Has the last word.</param>
    public static IServiceCollection AddCorralAgent(this IServiceCollection services, IConfiguration configuration, Action<AgentOptions>? configure = null)
    {
        var section = configuration.GetSection(AgentOptions.Section);
        services.AddOptions<AgentOptions>().Bind(section).Configure(options => configure?.Invoke(options)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JournalOptions>().Bind(section.GetSection("Journal")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<OutputOptions>().Bind(section.GetSection("Outputs")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<BlobCacheOptions>().Bind(section.GetSection("Blobs")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<AgentOptions>, AgentOptionsRules>();
        services.AddSingleton<AgentService>();
        services.AddHostedService(provider => provider.GetRequiredService<AgentService>());
        return services;
    }

    /// <summary>Registers the agent's consumers on a bus, beside others.</summary>
    /// <param name="bus">The bus.</param>
    public static void AddCorralAgentConsumers(this IBusRegistrationConfigurator bus) => bus.AddConsumer<AgentConsumer>();

    /// <summary>Configures the agent's own queue, <c>agent.ID</c>.</summary>
    /// <param name="bus">The transport's configurator: in-memory or RabbitMQ.</param>
    /// <param name="context">The registration.</param>
    public static void ReceiveCorralAgent(this IBusFactoryConfigurator bus, IBusRegistrationContext context)
    {
        var agentId = context.GetRequiredService<IOptions<AgentOptions>>().Value.Id;
        bus.ReceiveEndpoint(Queues.Agent(agentId), endpoint =>
        {
            // Only its own names: nothing is published, so no exchange of a message type is bound.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = MessagesAtOnce;
            endpoint.ConcurrentMessageLimit = MessagesAtOnce;
            endpoint.ConfigureConsumer<AgentConsumer>(context);
        });
    }
}
