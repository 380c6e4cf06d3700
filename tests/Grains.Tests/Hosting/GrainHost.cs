using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corral.Grains.Tests;

/// <summary>A running grain runtime, of the kind this build names, with the test's grains in it.</summary>
public sealed partial class GrainHost : IAsyncLifetime
{
    private IHost _host = null!;

    internal Stage Stage { get; } = new();

    internal ManualClock Clock { get; } = new();

    internal IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public async ValueTask InitializeAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddSingleton(Stage);
        AddRuntime(builder);
        _host = builder.Build();
        await _host.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Stops the host as a service manager would.</summary>
    internal Task StopAsync() => _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
