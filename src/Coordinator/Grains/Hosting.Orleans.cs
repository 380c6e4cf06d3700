using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Serialization;

namespace Corral.Coordinator.Grains;

/// <summary>Where the coordinator's grains run: on an Orleans silo in this process (docs/decisions/0007).</summary>
internal static class GrainHosting
{
    public const string Runtime = "Orleans";

    private static readonly string[] s_upkeep =
    [
        TimeProviderNames.ActivationManagement, TimeProviderNames.GrainDirectory, TimeProviderNames.Membership,
        TimeProviderNames.Messaging, TimeProviderNames.SystemTimers,
    ];

    /// <summary>
    /// Adds a silo, and with it <see cref="IGrainFactory"/>. The silo is a cluster of its own on loopback, on ports that
    /// the system chose; it has no gateway clients. Services that call grains until their own end are added after it.
    /// </summary>
    public static IHostApplicationBuilder AddGrainRuntime(this IHostApplicationBuilder builder) => builder.UseOrleans(silo =>
    {
        silo.UseLocalhostClustering(siloPort: FreePort(), gatewayPort: FreePort());
        // The product's language references the base library only, so its types carry no serializer of their own.
        silo.Services.AddSerializer(serializer => serializer.AddJsonSerializer(IsSharedLanguage));
        // Only the grains and their timers follow the coordinator's clock: the silo's upkeep mixes its clock with DateTime.UtcNow.
        foreach (var upkeep in s_upkeep) silo.Services.AddKeyedSingleton(upkeep, TimeProvider.System);
    });

    internal static bool IsSharedLanguage(Type type) =>
        type.Namespace is { } name && (name == "Corral.Shared" || name.StartsWith("Corral.Shared.", StringComparison.Ordinal));

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
