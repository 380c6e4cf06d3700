using Microsoft.Extensions.Hosting;

namespace Corral.Coordinator.Storage;

/// <summary>Opens the store before anything else starts, and closes it after everything else has stopped.</summary>
internal sealed class StoreLife(IJobStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task StoppedAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
}
