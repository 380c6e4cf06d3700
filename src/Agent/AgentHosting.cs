using Corral.Agent.Files;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Corral.Agent;

/// <summary>Puts an agent together in a host. The host brings an <see cref="IBlobTransfer"/> and a bus with <see cref="AgentBus"/>.</summary>
public static class AgentHosting
{
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
        services.AddSingleton<ICoordinatorLink, BusLink>();
        services.AddSingleton<AgentService>();
        services.AddSingleton<AgentConsumer>();
        services.AddHostedService(provider => provider.GetRequiredService<AgentService>());
        return services;
    }
}
