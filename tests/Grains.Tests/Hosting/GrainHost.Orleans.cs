using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;

namespace Corral.Grains.Tests;

public sealed partial class GrainHost
{
    /// <summary>Collects what is idle; done when the silo has gone through its activations.</summary>
    internal Task CollectIdleAsync() => Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero);

    /// <summary>A silo measures time limits by the real clock, so the test's await lasts as long as the limit.</summary>
    internal void PassTimeLimit(TimeSpan limit) => _ = limit;

    private void AddRuntime(HostApplicationBuilder builder)
    {
        // Grain timers alone follow the manual clock; membership and messaging stay on the real one.
        builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
            silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(
                type => type.Namespace?.StartsWith("Corral.Shared", StringComparison.Ordinal) == true));
        });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
