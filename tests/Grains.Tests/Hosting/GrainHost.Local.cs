using System.Reflection;
using System.Text.Json;
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

    /// <summary>Whether the copies that tests make of arguments and results have a way for values of this type.</summary>
    internal bool CanCross(Type type)
    {
        _ = _host;
        try
        {
            JsonSerializer.Deserialize("{}", type);
            return true;
        }
        catch (Exception failure)
        {
            // Members that are missing are the document's fault; a type without a way to make or read it is the type's.
            return failure is not (NotSupportedException or InvalidOperationException);
        }
    }

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
