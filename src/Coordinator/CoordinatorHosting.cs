using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Coordinator.Grains;
using Corral.Coordinator.Messaging;
using Corral.Coordinator.Storage;
using Corral.Coordinator.Storage.Sqlite;
using Corral.Shared.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator;

/// <summary>Composes the coordinator.</summary>
internal static class CoordinatorHosting
{
    /// <summary>
    /// Adds the coordinator: its store, its grains and what the API asks of them. The bus is added beside it, by whoever knows the transport, with
    /// <see cref="CoordinatorBus.ConfigureCorralCoordinator"/>, after this call.
    /// </summary>
    public static IHostApplicationBuilder AddCorralCoordinator(this IHostApplicationBuilder builder, Action<CoordinatorOptions>? configure = null)
    {
        var services = builder.Services;
        services.AddOptions<CoordinatorOptions>().BindConfiguration(CoordinatorOptions.Section).PostConfigure(FillPaths).ValidateOnStart();
        if (configure is not null)
            services.Configure(configure);
        services.AddSingleton<IValidateOptions<CoordinatorOptions>, CoordinatorOptionsRules>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(RateCard.BuiltIn);

        services.AddSingleton(provider => new SqliteJobStore(provider.GetRequiredService<IOptions<CoordinatorOptions>>().Value.Storage, provider.GetRequiredService<RateCard>()));
        services.AddSingleton<IJobStore>(provider => provider.GetRequiredService<SqliteJobStore>());
        services.AddSingleton<ILedger>(provider => provider.GetRequiredService<SqliteJobStore>());
        services.AddSingleton<IAccessStore>(provider => provider.GetRequiredService<SqliteJobStore>());
        services.AddSingleton<DirectoryBlobs>();
        services.AddSingleton<IBlobs>(provider => provider.GetRequiredService<DirectoryBlobs>());
        services.AddSingleton<IBlobTransfer>(provider => provider.GetRequiredService<DirectoryBlobs>());
        services.AddSingleton<IAgentBus, MassTransitAgentBus>();
        services.AddSingleton<AgentMessages>();
        services.AddSingleton<IBusHealth, BusHealth>();

        services.AddSingleton<MonotonicJobIds>();
        services.AddSingleton<IJobs, Jobs>();
        services.AddSingleton<IAgents, Agents>();
        services.AddSingleton<IUsage, Usage>();
        services.AddSingleton<IApiKeys, ApiKeys>();
        services.AddSingleton<IReadiness, Readiness>();

        // In this order: the store opens before the grains run and closes after them, and the pools wake when both are there.
        builder.Services.AddHostedService<StoreLife>();
        builder.AddGrainRuntime();
        builder.Services.AddHostedService<PoolsAwake>();
        return builder;
    }

    private static void FillPaths(CoordinatorOptions options)
    {
        if (options.Storage.Path.Length == 0)
            options.Storage.Path = Path.Combine(options.StatePath, "corral.db");
        if (options.Storage.BlobPath.Length == 0)
            options.Storage.BlobPath = Path.Combine(options.StatePath, "blobs-store");
    }
}
