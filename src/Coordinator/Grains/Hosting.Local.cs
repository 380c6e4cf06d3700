using System.Reflection;
using Microsoft.Extensions.Hosting;

namespace Corral.Coordinator.Grains;

/// <summary>Where the coordinator's grains run: in this process (docs/decisions/0007).</summary>
internal static class GrainHosting
{
    public const string Runtime = "Local";

    /// <summary>Adds <see cref="IGrainFactory"/>. Services that call grains until their own end are added after it.</summary>
    public static IHostApplicationBuilder AddGrainRuntime(this IHostApplicationBuilder builder) =>
        builder.UseLocalGrains(options => options.Assemblies.Add(Assembly.GetExecutingAssembly()));
}
