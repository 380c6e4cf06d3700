using Corral.Coordinator.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Grains;

/// <summary>After a start, each pool with agents or open jobs goes on by itself: nobody has to call it first.</summary>
internal sealed partial class PoolsAwake(IJobStore store, IGrainFactory grains, ILogger<PoolsAwake> logger) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        foreach (var pool in await store.PoolsAsync(cancellationToken))
        {
            try
            {
                await grains.GetGrain<IPoolGrain>(pool).WakeAsync();
            }
            catch (Exception e)
            {
                Log.NotAwake(logger, e, pool);
            }
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1007, LogLevel.Error, "Pool {Pool} could not be taken at the start; the next call to it tries again.")]
        public static partial void NotAwake(ILogger logger, Exception error, string pool);
    }
}
