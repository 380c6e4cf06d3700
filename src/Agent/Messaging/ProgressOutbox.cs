using System.Threading.Channels;
using Corral.Agent.Attempts;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Messaging;

/// <summary>What watchers like to see, in order, many items a message. Not durable: where the coordinator cannot be reached the oldest items give way.</summary>
internal sealed partial class ProgressOutbox(string agentId, ICoordinatorLink link, LeaseKeeper lease, ILogger<ProgressOutbox> logger)
{
    private const int Capacity = 20_000;
    private const int MostItems = 1000;
    private const int MostBytes = 1 << 20;
    private readonly Channel<AttemptProgress> _items = Channel.CreateBounded<AttemptProgress>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Send(AttemptProgress item) => _items.Writer.TryWrite(item);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (await _items.Reader.WaitToReadAsync(stopping))
        {
            var batch = new List<AttemptProgress>();
            for (var bytes = 0; batch.Count < MostItems && bytes < MostBytes && _items.Reader.TryRead(out var item); bytes += item.Data?.Length ?? 0)
                batch.Add(item);
            try
            {
                await link.SendAsync(new AttemptsProgressed(agentId, lease.Epoch, batch), stopping);
            }
            catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                Log.NotSent(logger, failure, batch.Count);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "{Count} items of progress could not be sent and are gone: watchers see a gap, results do not")]
        public static partial void NotSent(ILogger logger, Exception exception, int count);
    }
}
