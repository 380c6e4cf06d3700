namespace Corral.Grains.Local;

/// <summary>A timer whose ticks wait in the activation's queue like calls. All but <c>Fire</c> runs in the activation's turns.</summary>
internal sealed class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskCompletionSource _gone = new();
    private readonly ITimer _timer;
    private TimeSpan _next;
    private TimeSpan _period;
    private volatile bool _firing;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback, _options) = (activation, callback, options);
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _timer = activation.Runtime.Clock.CreateTimer(
            static state => ((GrainTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsDisposed => _disposed.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        (_next, _period) = (dueTime, period);
        if (!_firing) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _timer.Dispose(); // Change on it is ignored from here on.
        _disposed.Cancel();
        _gone.TrySetResult();
    }

    private void Fire()
    {
        _firing = true;
        _activation.Deliver(new Tick(this));
    }

    private async Task TickAsync()
    {
        _next = _period;
        try
        {
            await _callback(_disposed.Token);
        }
        catch (Exception failure)
        {
            GrainRuntime.Log.TimerFailed(_activation.Runtime.Logger, failure, _activation.Id.ToString());
        }

        _firing = false;
        _timer.Change(_next, Timeout.InfiniteTimeSpan);
    }

    private sealed class Tick(GrainTimer timer) : GrainCall
    {
        public override bool Interleaves => timer._options.Interleave;
        public override bool CountsAsUse => timer._options.KeepAlive;
        public override Task Answer => timer._gone.Task;
        public override Task RunAsync(Grain grain) => timer.TickAsync();
        public override void Fail(Exception error) => timer.Dispose();
    }
}
