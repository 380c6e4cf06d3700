using Corral.Agent;
using Corral.Agent.Messaging;
using Corral.Coordinator;
using Corral.Coordinator.Api;
using Corral.Coordinator.Messaging;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Serilog;

namespace Corral.Cli.Serving;

/// <summary>Puts the rooms together: the one place that knows the coordinator and the agent.</summary>
internal static class Composition
{
    /// <summary>Options by file, then environment, then command line: the later wins.</summary>
    private const string EnvironmentPrefix = "CORRAL__";

    public static WebApplication Build(StateFolder state, ServerMode mode)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = state.Path, ApplicationName = "corral", EnvironmentName = "Production" });
        Configure(builder.Configuration, state, mode.Flags);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.Logging.ClearProviders().AddSerilog(ServerLogging.Create(builder.Configuration, state, mode.ForPeople), dispose: true);
        // Log lines of one request have its trace id.
        builder.Logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.SpanId | ActivityTrackingOptions.TraceId | ActivityTrackingOptions.ParentId);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddOptions<UpOptions>().Bind(builder.Configuration.GetSection(UpOptions.Section)).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<UpOptions>, UpOptionsRules>();
        builder.Services.AddSingleton<IValidateOptions<UpOptions>>(new OptionNames(builder.Configuration));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));

        // Stopping goes the other way round: HTTP first, then the agent, the coordinator, the bus, the grains.
        builder.AddCorralCoordinator();
        AddBus(builder.Services);
        builder.Services.AddCorralAgent(builder.Configuration);
        builder.Services.AddCorralApi();
        builder.WebHost.UseKestrelCore().ConfigureKestrel((_, server) => Listen(server, builder.Configuration.GetSection(UpOptions.Section).Get<UpOptions>() ?? new UpOptions(), state));

        mode.AlsoAdd?.Invoke(builder.Services);
        var app = builder.Build();
        // Before anything is made of them, so that the first wrong section does not hide the others.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.MapCorralApi();
        return app;
    }

    /// <summary>Reads the options of a state folder.</summary>
    public static void Configure(ConfigurationManager configuration, StateFolder state, IReadOnlyDictionary<string, string?> flags)
    {
        // Nothing is read from the current directory, or from variables that are meant for other programs.
        configuration.Sources.Clear();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Coordinator:StatePath"] = state.Path,
            ["Agent:StateDirectory"] = state.Path,
        });
        configuration.AddJsonFile(state.OptionsFile, optional: true, reloadOnChange: false);
        configuration.AddEnvironmentVariables(EnvironmentPrefix);
        configuration.AddInMemoryCollection(flags);
    }

    private static void AddBus(IServiceCollection services)
    {
        services.AddMassTransit(bus =>
        {
            bus.UsingInMemory((context, transport) =>
            {
                // Our types as plain JSON, what else there is to say in headers: docs/decisions/0010.
                transport.UseRawJsonSerializer(RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders, isDefault: true);
                transport.ConfigureCorralCoordinator(context);
                transport.ReceiveCorralAgent(context);
            });
        });
        // Messages published before the bus has started vanish on this transport.
        services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = true);
    }

    private static void Listen(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions server, UpOptions options, StateFolder state)
    {
        server.AddServerHeader = false;
        // Kestrel asks before the options are judged; an address that is none stops the start a moment later.
        if (options.ListenOn is { } address)
            server.Listen(address);
        server.ListenUnixSocket(state.SocketFile);
    }
}
