namespace Corral.Grains.Local;

/// <summary>
/// One life of one grain: New → Activating → Active → Deactivating → Gone. Calls start one after the other; a started call
/// holds the activation (<c>_held</c>) until its task ends, unless it interleaves. While Active, only calls that do not
/// interleave ever wait, so the head of the queue is the only one to look at. Once <c>_closing</c>, nothing starts: what runs
/// finishes, the timers go, OnDeactivateAsync runs, and whatever waits moves to the grain's next activation.
/// The lock guards these fields and is never held while grain code runs.
/// </summary>
internal sealed class Activation(GrainRuntime runtime, GrainId id)
{
    /// <summary>A call that only ever meets closing activations is failed, not passed on for ever (Orleans stops at 2 too).</summary>
    private const int MostForwards = 2;

    /// <summary>A busy activation gives its thread back after so many turns, so that it cannot starve the others.</summary>
    private const int TurnsPerThread = 64;

    private readonly Lock _gate = new();
    private readonly TaskScheduler _scheduler = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, 1, TurnsPerThread).ExclusiveScheduler;
    private readonly Queue<GrainCall> _waiting = new(2);
    private readonly List<GrainTimer> _timers = [];
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Phase _phase;
    private int _running;
    private bool _held;
    private bool _closing;
    private DeactivationReason _reason;
    private long _lastUsed = runtime.Clock.GetTimestamp();
    private Grain? _grain;

    private enum Phase { New, Activating, Active, Deactivating, Gone }

    /// <summary>The activation whose grain's constructor runs on this thread.</summary>
    [field: ThreadStatic]
    public static Activation? Constructing { get; private set; }

    public GrainRuntime Runtime => runtime;
    public GrainId Id => id;
    public Task Gone => _gone.Task;

    /// <summary>Takes a call in; false when this life is over and the caller must look for the next.</summary>
    public bool Deliver(GrainCall call)
    {
        lock (_gate)
        {
            if (_phase == Phase.Gone) return false;
            if (_phase == Phase.New) Enter(Phase.Activating, ActivateAsync);
            if (call.CountsAsUse) _lastUsed = runtime.Clock.GetTimestamp();
            StartOrWait(call);
            return true;
        }
    }

    /// <summary>Runs a few lines, such as cancelling a call's token, as a turn.</summary>
    public void Post(Action turn) => _ = Task.Factory.StartNew(turn, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);

    /// <summary>The body of a call's turn.</summary>
    public async Task RunAsync(GrainCall call)
    {
        if (!call.IsAnswered) await call.RunAsync(_grain!);
        lock (_gate)
        {
            _running--;
            _held &= Interleaves(call);
            if (call.CountsAsUse) _lastUsed = runtime.Clock.GetTimestamp();
            Pump();
        }
    }

    public void Deactivate(DeactivationReason reason, TimeSpan idleFor = default)
    {
        lock (_gate)
        {
            var idle = _phase == Phase.Active && _running == 0 && _waiting.Count == 0;
            if (_closing || (idleFor > TimeSpan.Zero && (!idle || runtime.Clock.GetElapsedTime(_lastUsed) < idleFor))) return;
            _closing = true;
            _reason = reason;
            if (_phase == Phase.New) End(successor: null);
            else Pump();
        }
    }

    public GrainTimer AddTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_gate)
        {
            if (_phase is Phase.Deactivating or Phase.Gone) throw new InvalidOperationException($"{id} deactivates and takes no more timers.");
            _timers.RemoveAll(known => known.IsDisposed);
            _timers.Add(timer);
        }

        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    private bool Interleaves(GrainCall call) => call.Interleaves || id.Class.Reentrant;

    private bool CanStart(GrainCall call) => _phase == Phase.Active && !_closing && (!_held || Interleaves(call));

    private void StartOrWait(GrainCall call)
    {
        if (!CanStart(call))
        {
            _waiting.Enqueue(call);
            return;
        }

        _running++;
        _held |= !Interleaves(call);
        call.StartOn(this, _scheduler);
    }

    /// <summary>What can go on now does: the next calls, or the end.</summary>
    private void Pump()
    {
        while (_waiting.TryPeek(out var next) && (next.IsAnswered || CanStart(next)))
        {
            _waiting.Dequeue();
            if (!next.IsAnswered) StartOrWait(next);
        }

        if (_closing && _phase == Phase.Active && _running == 0) Enter(Phase.Deactivating, DeactivateAsync);
    }

    /// <summary>Whoever causes it, the start or end of a life carries nobody's async-local values.</summary>
    private void Enter(Phase phase, Func<Task> work)
    {
        _phase = phase;
        using var flow = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
    }

    private async Task ActivateAsync()
    {
        try
        {
            Constructing = this;
            _grain = (Grain)id.Class.Make(runtime.Services, null);
            Constructing = null;
            using var deadline = new CancellationTokenSource(runtime.Options.ResponseTimeout, runtime.Clock);
            await _grain.OnActivateAsync(deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception failure)
        {
            Constructing = null;
            GrainRuntime.Log.ActivationFailed(runtime.Logger, failure, id.ToString());
            foreach (var call in End(successor: null)) call.Fail(failure);
            return;
        }

        lock (_gate)
        {
            _phase = Phase.Active;
            for (var arrived = _waiting.Count; arrived > 0; arrived--) StartOrWait(_waiting.Dequeue());
            Pump();
        }
    }

    private async Task DeactivateAsync()
    {
        try
        {
            using var deadline = new CancellationTokenSource(runtime.Options.ResponseTimeout, runtime.Clock);
            await _grain!.OnDeactivateAsync(_reason, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (Exception failure)
        {
            GrainRuntime.Log.DeactivationFailed(runtime.Logger, failure, id.ToString());
        }

        lock (_gate) End(_waiting.All(call => call.IsAnswered) ? null : new Activation(runtime, id));
    }

    /// <summary>Ends this life. The waiting calls move to the successor before anybody can reach it; without one they are returned.</summary>
    private GrainCall[] End(Activation? successor)
    {
        GrainCall[] left;
        lock (_gate)
            lock (successor?._gate ?? _gate)
            {
                _phase = Phase.Gone;
                left = [.. _waiting];
                _waiting.Clear();
                runtime.Replace(this, successor);
                if (successor is not null) Array.ForEach(left, call => Forward(call, successor));
            }

        DisposeTimers();
        _gone.SetResult();
        return left;
    }

    private void Forward(GrainCall call, Activation successor)
    {
        if (call.Forwards++ < MostForwards) successor.Deliver(call);
        else call.Fail(new InvalidOperationException($"{id} deactivated {MostForwards + 1} times before a call to it could start."));
    }

    private void DisposeTimers() => _timers.ForEach(timer => timer.Dispose());
}
