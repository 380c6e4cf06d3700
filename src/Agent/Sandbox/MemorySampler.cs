using System.Collections.Concurrent;

namespace Corral.Agent.Sandbox;

/// <summary>
/// Looks at the memory of every running step each 50 ms: the kernel keeps a peak of the whole charge only. Not on the event loop: memory.stat sums over
/// processors when it is read, and nothing waits for it.
/// </summary>
internal sealed class MemorySampler : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<RunningStep, bool> _steps = new();
    private readonly Signal _added = new();
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _work;

    public MemorySampler(TimeProvider time)
    {
        _time = time;
        _work = Task.Run(RunAsync);
    }

    /// <summary>Begins to look at a step; the first sample comes within an interval.</summary>
    public void Add(RunningStep step)
    {
        _steps[step] = true;
        _added.Set();
    }

    /// <summary>Stops looking at a step; nothing happens where it was not.</summary>
    public void Remove(RunningStep step) => _steps.TryRemove(step, out _);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                while (_steps.IsEmpty) await _added.WaitAsync(Timeout.InfiniteTimeSpan, _time, _stopping.Token);
                await Task.Delay(Interval, _time, _stopping.Token);
                foreach (var step in _steps.Keys) step.SampleMemory();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
