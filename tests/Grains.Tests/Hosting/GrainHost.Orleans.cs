using System.Net;
using System.Net.Sockets;
using Corral.Coordinator.Grains;
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

    /// <summary>Whether the wire between silos has a way for values of this type.</summary>
    internal bool CanCross(Type type) => _host.Services.GetRequiredService<Serializer>().CanSerialize(type);

    private void AddRuntime(HostApplicationBuilder builder)
    {
        // Grain timers alone follow the manual clock; membership and messaging stay on the real one.
        builder.Services.AddKeyedSingleton<TimeProvider>(TimeProviderNames.Grains, Clock);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
            silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(GrainHosting.IsSharedLanguage));
        });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
