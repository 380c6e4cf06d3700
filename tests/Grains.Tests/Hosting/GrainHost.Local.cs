using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Corral.Grains.Tests;

public sealed partial class GrainHost
{
    /// <summary>Activations are idle after an hour of the manual clock.</summary>
    private static readonly TimeSpan s_collectionAge = TimeSpan.FromHours(1);

    /// <summary>Collects what is idle; done when the runtime was told, not when the grains are gone.</summary>
    internal Task CollectIdleAsync()
    {
        Clock.Advance(s_collectionAge + TimeSpan.FromMinutes(1));
        return Task.CompletedTask;
    }

    /// <summary>Lets calls that were made with this time limit run into it.</summary>
    internal void PassTimeLimit(TimeSpan limit) => Clock.Advance(limit);

    private void AddRuntime(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.UseLocalGrains(options =>
        {
            options.Assemblies.Add(Assembly.GetExecutingAssembly());
            options.CopyThroughJson = true;
            options.CollectionAge = s_collectionAge;
            options.ResponseTimeout = TimeSpan.FromHours(12);
        });
    }
}
