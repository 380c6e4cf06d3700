using Corral.Agent.Messaging;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

/// <summary>Asks for the lease, renews it every second, and says when it begins, moves and ends. The launcher holds the same deadline by itself.</summary>
/// <param name="link">The way to the coordinator.</param>
/// <param name="clock">Its stamps are CLOCK_BOOTTIME nanoseconds.</param>
/// <param name="renewEvery">Between two renewals; well below the lease.</param>
/// <param name="logger">The log.</param>
internal sealed partial class LeaseKeeper(ICoordinatorLink link, TimeProvider clock, TimeSpan renewEvery, ILogger<LeaseKeeper> logger)
{
    private readonly Lock _gate = new();
    private readonly Lease _lease = new();
    private readonly Signal _wake = new();
    private bool _wasHeld;
    private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>This process: an answer to an earlier one is none.</summary>
    public required Guid Instance { get; init; }

    /// <summary>Makes the message that asks for a lease.</summary>
    public required Func<AgentStarted> Introduce { get; init; }

    /// <summary>What the agent runs or has not had acknowledged.</summary>
    public required Func<IReadOnlyList<AttemptId>> Held { get; init; }

    /// <summary>The lease now ends this much later; the first of a lease says so with <c>true</c>.</summary>
    public required Action<TimeSpan, bool> Moved { get; init; }

    /// <summary>The lease has ended: nothing may run any more.</summary>
    public required Action Lost { get; init; }

    /// <summary>These are another agent's, or newer attempts' by now.</summary>
    public required Action<IReadOnlyList<AttemptId>> Fenced { get; init; }

    /// <summary>The epoch; 0 where there is no lease.</summary>
    public long Epoch
    {
        get
        {
            lock (_gate)
                return _lease.Epoch;
        }
    }

    /// <summary>Whether orders of this epoch are this agent's to run now.</summary>
    public bool Holds(long epoch)
    {
        lock (_gate)
            return epoch == _lease.Epoch && _lease.IsHeld(clock.GetTimestamp());
    }

    /// <summary>Ends when the lease is held.</summary>
    public ValueTask WaitHeldAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_lease.IsHeld(clock.GetTimestamp()))
                return ValueTask.CompletedTask;
            if (_held.Task.IsCompleted)
                _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_held.Task.WaitAsync(cancellationToken));
        }
    }

    public void On(AgentWelcomed welcome)
    {
        if (welcome.Instance != Instance)
            return;
        bool began, isHeld;
        lock (_gate)
        {
            began = _lease.Welcome(welcome.Epoch, welcome.LeaseMs);
            isHeld = _lease.IsHeld(clock.GetTimestamp());
        }

        if (!began)
            return;
        Log.Began(logger, welcome.Epoch, welcome.Fenced.Count);
        Fenced(welcome.Fenced);
        if (isHeld)
            Extend(first: true);
        // Where the answer took longer than the lease lasts, the first renewal makes it held.
        _wake.Set();
    }

    public void On(LeaseRenewed renewed)
    {
        bool moved, first;
        lock (_gate)
        {
            first = !_lease.IsHeld(clock.GetTimestamp());
            moved = _lease.Renewed(renewed.Epoch, renewed.Renewal, renewed.LeaseMs) && _lease.IsHeld(clock.GetTimestamp());
        }

        if (moved)
            Extend(first);
        if (renewed.Epoch == Epoch)
            Fenced(renewed.Fenced);
    }

    public void On(LeaseRefused refused)
    {
        lock (_gate)
        {
            if (refused.Epoch != _lease.Epoch || refused.Epoch == 0)
                return;
        }

        // What runs is not killed for it: the welcome says what is fenced, and the launcher ends the rest at lease end.
        Log.Refused(logger, refused.Epoch);
        Drop();
        _wake.Set();
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await SendAsync(stopping);
            await _wake.WaitAsync(NextWake(), clock, stopping);
            EndIfOver();
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        // A transport that hangs must not keep the agent from seeing its lease end.
        using var time = new CancellationTokenSource(renewEvery, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(time.Token, stopping);
        try
        {
            long epoch, renewal = 0;
            lock (_gate)
            {
                epoch = _lease.Epoch;
                if (epoch == 0)
                    _lease.Asked(clock.GetTimestamp());
                else
                    renewal = _lease.Renewing(clock.GetTimestamp());
            }

            var introduction = Introduce();
            if (epoch == 0)
                await link.SendAsync(introduction, both.Token).WaitAsync(both.Token);
            else
                await link.SendAsync(new RenewLease(introduction.AgentId, epoch, renewal, Held()), both.Token).WaitAsync(both.Token);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Log.NotSent(logger, failure);
        }
    }

    private TimeSpan NextWake()
    {
        lock (_gate)
        {
            if (_lease.Epoch == 0)
                return renewEvery;
            var left = Remaining();
            return left > TimeSpan.Zero && left < renewEvery ? left : renewEvery;
        }
    }

    private void EndIfOver()
    {
        lock (_gate)
        {
            // A welcome that came too late to be held yet is not a lease that ended.
            if (_lease.Epoch == 0 || !_wasHeld || _lease.IsHeld(clock.GetTimestamp()))
                return;
        }

        Log.Ended(logger, Epoch);
        Drop();
        Lost();
    }

    private void Drop()
    {
        lock (_gate)
        {
            _lease.Lose();
            _wasHeld = false;
        }
    }

    private void Extend(bool first)
    {
        TimeSpan remaining;
        lock (_gate)
            remaining = Remaining();
        Moved(remaining, first);
        lock (_gate)
        {
            _wasHeld = true;
            _held.TrySetResult();
        }
    }

    private TimeSpan Remaining() => TimeSpan.FromTicks((_lease.EndsNs - clock.GetTimestamp()) / 100);

    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Information, "Lease of epoch {Epoch} begins; {FencedCount} held attempts are fenced")]
        public static partial void Began(ILogger logger, long epoch, int fencedCount);

        [LoggerMessage(2211, LogLevel.Warning, "Lease of epoch {Epoch} has ended without a renewal: running attempts are ended, and a new lease is asked for")]
        public static partial void Ended(ILogger logger, long epoch);

        [LoggerMessage(2212, LogLevel.Warning, "The coordinator refused epoch {Epoch}: a new lease is asked for")]
        public static partial void Refused(ILogger logger, long epoch);

        [LoggerMessage(2213, LogLevel.Warning, "The lease could not be asked for or renewed: the coordinator cannot be reached")]
        public static partial void NotSent(ILogger logger, Exception exception);
    }
}
