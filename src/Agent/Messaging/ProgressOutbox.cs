using Corral.Agent.Attempts;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Messaging;

/// <summary>
/// What watchers like to see, in order, many items a message. Starts and ends of steps gather for a moment: of an attempt that has ended by then the report
/// says it all, and they are not sent. Not durable: what cannot be sent is gone, and where sending takes too long the oldest items give way.
/// </summary>
internal sealed partial class ProgressOutbox(string agentId, ICoordinatorLink link, LeaseKeeper lease, TimeProvider clock, ILogger<ProgressOutbox> logger)
{
    private const int Capacity = 20_000;
    private const int MostItems = 1000;
    private const int MostBytes = 1 << 20;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(20);
    private readonly Lock _gate = new();
    private readonly List<AttemptProgress> _items = [];
    private readonly Signal _any = new();
    private readonly Signal _urgent = new();

    /// <summary>Output is sent at once, and everything before it: somebody watches.</summary>
    public void Send(AttemptProgress item)
    {
        lock (_gate)
        {
            if (_items.Count == Capacity)
                _items.RemoveRange(0, MostItems);
            _items.Add(item);
        }

        _any.Set();
        if (item.Data is not null)
            _urgent.Set();
    }

    /// <summary>The attempt's report is on its way and says more than its steps' starts and ends.</summary>
    public void Reported(AttemptId attempt)
    {
        lock (_gate)
            _items.RemoveAll(item => item.Attempt == attempt && item.Data is null);
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await _any.WaitAsync(Timeout.InfiniteTimeSpan, clock, stopping);
            await _urgent.WaitAsync(Gathering, clock, stopping);
            while (Take() is { Count: > 0 } batch)
                await SendAsync(batch, stopping);
        }
    }

    private List<AttemptProgress> Take()
    {
        lock (_gate)
        {
            var count = 0;
            for (var bytes = 0; count < _items.Count && count < MostItems && bytes < MostBytes; count++)
                bytes += _items[count].Data?.Length ?? 0;
            var batch = _items.GetRange(0, count);
            _items.RemoveRange(0, count);
            return batch;
        }
    }

    private async Task SendAsync(List<AttemptProgress> batch, CancellationToken stopping)
    {
        try
        {
            await link.SendAsync(new AttemptsProgressed(agentId, lease.Epoch, batch), stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Log.NotSent(logger, failure, batch.Count);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Warning, "{Count} items of progress could not be sent and are gone: watchers see a gap, results do not")]
        public static partial void NotSent(ILogger logger, Exception exception, int count);
    }
}
