using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Corral.Grains.Local;

/// <summary>Puts the grain runtime into a host.</summary>
public static class LocalGrainsHosting
{
    /// <summary>
    /// Adds <see cref="IGrainFactory"/>. When the host stops, every activation is deactivated; services that call grains
    /// until their own end are registered after this, because hosted services stop in reverse order.
    /// </summary>
    public static IHostApplicationBuilder UseLocalGrains(this IHostApplicationBuilder builder, Action<LocalGrainsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.Configure(configure);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<GrainRuntime>();
        builder.Services.TryAddSingleton<IGrainFactory>(static services => services.GetRequiredService<GrainRuntime>());
        builder.Services.AddHostedService(static services => services.GetRequiredService<GrainRuntime>());
        return builder;
    }
}
