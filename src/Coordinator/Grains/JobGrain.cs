// A watcher asks for what comes next and waits; the pool tells this grain what was committed. Durable events are numbered without gaps, so a missed message
// shows as a gap and is read from the store; a timer looks again every few seconds, in case the pool was activated anew and forgot who watches.
using Corral.Coordinator.Application;
using Corral.Coordinator.Messaging;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

/// <summary>Fans out what happens to one job.</summary>
[Reentrant]
internal sealed class JobGrain(IJobStore store, IAgentBus bus, TimeProvider clock) : Grain, IJobGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(3);

    private readonly Guid _life = Guid.NewGuid();
    private readonly WatchBuffer _buffer = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JobId _job;
    private string? _pool;
    private PlacedOn? _placed;
    private AttemptId? _outputOf;
    private bool _wantsOutput;
    private int _waiting;
    private bool _leaving;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(OnTimerAsync, new GrainTimerCreationOptions { DueTime = LookAgain, Period = LookAgain, Interleave = true });
        if (!JobId.TryParse(this.GetPrimaryKeyString(), out _job) || await store.HeadAsync(_job, cancellationToken) is not { } head)
        {
            _ended.SetResult();
            return;
        }

        _pool = head.Pool;
        await LookAsync(cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_outputOf is { } attempt && _placed is { } placed)
            await bus.SendAsync(placed.Agent, new WatchAttempts(placed.Agent, placed.AgentEpoch, [attempt], On: false));
    }

    public async Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (_leaving)
            return _ended.Task.IsCompleted;
        _waiting++;
        try
        {
            await _ended.Task.WaitAsync(timeout < LongestWait ? timeout : LongestWait, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            _waiting--;
        }
    }

    public async Task<JobHappenings> NextAsync(WatchCursor cursor, bool withOutput, CancellationToken cancellationToken)
    {
        if (withOutput && !_wantsOutput)
        {
            _wantsOutput = true;
            await AskForOutputAsync();
        }

        _waiting++;
        try
        {
            var until = clock.GetTimestamp();
            while (true)
            {
                var (events, position) = _buffer.After(cursor.Life == _life ? cursor.Position : 0, cursor.LastId);
                var left = LongestWait - clock.GetElapsedTime(until);
                if (events.Count > 0 || _ended.Task.IsCompleted || _leaving || left <= TimeSpan.Zero)
                {
                    var lastId = events.LastOrDefault(happened => happened.Id is not null)?.Id ?? cursor.LastId;
                    return new JobHappenings(events, new WatchCursor(_life, position, lastId), _ended.Task.IsCompleted);
                }

                try
                {
                    await _changed.Task.WaitAsync(left, clock, cancellationToken);
                }
                catch (TimeoutException)
                {
                    // The next look finds nothing left of the time.
                }
            }
        }
        finally
        {
            _waiting--;
        }
    }

    public async Task HappenedAsync(IReadOnlyList<JobEvent> events, PlacedOn? placed)
    {
        if (_pool is null)
            return;
        _placed = placed ?? _placed;
        if (!_buffer.Add(events))
            _buffer.Add(await store.EventsAsync(_job, _buffer.LastId, CancellationToken.None));
        Changed();
        await AskForOutputAsync();
    }

    public Task OutputAsync(IReadOnlyList<AttemptProgress> output)
    {
        _buffer.Add([.. output.Select(item => new JobEvent(
            null, item.Kind == ProgressKind.Stdout ? JobEventKind.Stdout : JobEventKind.Stderr, item.At, item.Attempt.Number, null, item.StepIndex,
            Verdict.None, item.Offset, item.Data))]);
        Changed();
        return Task.CompletedTask;
    }

    private async Task OnTimerAsync(CancellationToken cancellationToken)
    {
        if (_waiting == 0)
            await LeaveAsync();
        else if (!_ended.Task.IsCompleted)
            await LookAsync(cancellationToken);
    }

    /// <summary>Says that somebody watches, then reads: whatever is committed after the reading, the pool tells.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _placed = await GrainFactory.GetGrain<IPoolGrain>(_pool!).WatchAsync(_job, on: true) ?? _placed;
        _buffer.Add(await store.EventsAsync(_job, _buffer.LastId, cancellationToken));
        Changed();
        await AskForOutputAsync();
    }

    /// <summary>Nobody has waited lately: the pool need not tell any more.</summary>
    private async Task LeaveAsync()
    {
        if (!_ended.Task.IsCompleted)
            await GrainFactory.GetGrain<IPoolGrain>(_pool!).WatchAsync(_job, on: false);
        // Somebody may have come while the pool was told.
        if (_waiting > 0)
        {
            if (!_ended.Task.IsCompleted)
                await LookAsync(CancellationToken.None);
            return;
        }

        // A call may have been accepted whose turn is yet to come. Nobody tells this activation anything any more, so that call must not wait here: it is
        // answered at once, and its caller's next one reaches the next activation.
        _leaving = true;
        DeactivateOnIdle();
    }

    private void Changed()
    {
        if (_buffer.Ended)
            _ended.TrySetResult();
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    /// <summary>Once an attempt, and only while somebody wants output.</summary>
    private async Task AskForOutputAsync()
    {
        if (!_wantsOutput || _placed is not { } placed || _outputOf == placed.Attempt || _ended.Task.IsCompleted)
            return;
        _outputOf = placed.Attempt;
        await bus.SendAsync(placed.Agent, new WatchAttempts(placed.Agent, placed.AgentEpoch, [placed.Attempt], On: true));
    }
}
