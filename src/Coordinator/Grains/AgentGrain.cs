// The lease. The agent counts it from the moment it *sent* the message that is answered; this grain counts from its own commit, which is later, and adds a
// margin. So when the agent is given up here, it has stopped by itself. The epoch is a number in the store: raising it is what ends a lease, and no other
// activation of this grain can renew what was ended.
using Corral.Coordinator.Messaging;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Grains;

/// <summary>Keeps one agent's lease.</summary>
internal sealed partial class AgentGrain(
    IJobStore store, IAgentBus bus, TimeProvider clock, IOptions<CoordinatorOptions> options, ILogger<AgentGrain> logger) : Grain, IAgentGrain
{
    private string _id = "";
    private string _pool = "default";
    private long _epoch;
    private bool _live;
    private Guid _unconfirmed;
    private long _renewedAt;
    private DateTimeOffset _leaseUntil;
    private TimeSpan _leaseAndMargin;
    private IGrainTimer? _expiry;

    private TimeSpan Lease => options.Value.Lease;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _id = this.GetPrimaryKeyString();
        _leaseAndMargin = Lease + options.Value.LeaseMargin;
        _expiry = this.RegisterGrainTimer(
            ExpireAsync, new GrainTimerCreationOptions { DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan, KeepAlive = true });
        if (await store.AgentAsync(_id, cancellationToken) is not { } agent)
            return;
        (_pool, _epoch, _live, _leaseUntil) = (agent.Pool, agent.Epoch, agent.Live, agent.LeaseUntil);
        // Whoever granted the last lease did so before now, so it is over a whole lease from now at the latest.
        if (_live)
            Renewed();
    }

    public Task WakeAsync() => Task.CompletedTask;

    public async Task StartedAsync(AgentStarted message)
    {
        var now = clock.GetUtcNow();
        // An agent without an answer asks again every second. Until its first renewal says that it knows the epoch, the same process gets the same one:
        // else, on a host too busy to answer within a second, each answer would be outdated by the next.
        if (_live && message.Instance == _unconfirmed && message.Pool == _pool && await store.RenewAsync(_id, _epoch, LeaseFrom(now)))
        {
            Renewed();
            var known = await Pool.AgentHoldsAsync(_id, _epoch, new AttemptIds(message.Held));
            await bus.SendAsync(_id, new AgentWelcomed(_id, message.Instance, _epoch, (long)Lease.TotalMilliseconds, known.Attempts));
            return;
        }

        var term = await store.RegisterAsync(message, LeaseFrom(now), now);
        (_pool, _epoch, _live, _unconfirmed) = (message.Pool, term.Epoch, true, message.Instance);
        Renewed();
        Log.Registered(logger, _id, _pool, _epoch, message.Capacity.Cpus, message.Capacity.MemoryBytes, message.Held.Count);
        if (term.PreviousPool is { } previous)
            await GrainFactory.GetGrain<IPoolGrain>(previous).AgentGoneAsync(_id, $"Agent '{_id}' moved from pool '{previous}' to '{_pool}'.");
        var fenced = await Pool.AgentReadyAsync(term.Row, new AttemptIds(message.Held));
        await bus.SendAsync(_id, new AgentWelcomed(_id, message.Instance, _epoch, (long)Lease.TotalMilliseconds, fenced.Attempts));
    }

    public async Task RenewAsync(RenewLease message)
    {
        if (!_live || message.Epoch != _epoch || !await store.RenewAsync(_id, _epoch, LeaseFrom(clock.GetUtcNow())))
        {
            await bus.SendAsync(_id, new LeaseRefused(_id, message.Epoch));
            return;
        }

        Renewed();
        _unconfirmed = Guid.Empty;
        var fenced = await Pool.AgentHoldsAsync(_id, _epoch, new AttemptIds(message.Held));
        await bus.SendAsync(_id, new LeaseRenewed(_id, _epoch, message.Renewal, (long)Lease.TotalMilliseconds, fenced.Attempts));
    }

    public Task ReportAsync(AttemptReports message) => Pool.ReportAsync(message);

    public async Task ProgressAsync(AttemptsProgressed message)
    {
        // Watchers see a step start, speak, end, in this order, also where one message tells of all three.
        await TellPoolAsync(message, static kind => kind is ProgressKind.Started or ProgressKind.StepStarted);
        foreach (var job in message.Items.Where(item => item.Kind is ProgressKind.Stdout or ProgressKind.Stderr).GroupBy(item => item.Attempt.Job))
            await GrainFactory.GetGrain<IJobGrain>(job.Key.ToString()).OutputAsync([.. job]);
        await TellPoolAsync(message, static kind => kind is ProgressKind.StepEnded);
    }

    private Task TellPoolAsync(AttemptsProgressed message, Func<ProgressKind, bool> isWanted)
    {
        var items = message.Items.Where(item => isWanted(item.Kind)).ToList();
        return items.Count == 0 ? Task.CompletedTask : Pool.ProgressAsync(message with { Items = items });
    }

    private IPoolGrain Pool => GrainFactory.GetGrain<IPoolGrain>(_pool);

    private DateTimeOffset LeaseFrom(DateTimeOffset now)
    {
        var until = now + Lease;
        if (until > _leaseUntil)
            _leaseUntil = until;
        return until;
    }

    private void Renewed()
    {
        _renewedAt = clock.GetTimestamp();
        _expiry!.Change(_leaseAndMargin, Timeout.InfiniteTimeSpan);
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        var left = _leaseAndMargin - clock.GetElapsedTime(_renewedAt);
        if (!_live || left > TimeSpan.Zero)
        {
            if (_live)
                _expiry!.Change(left, Timeout.InfiniteTimeSpan);
            return;
        }

        try
        {
            // The wall clock may have been set back: what counts is that nobody has renewed beyond what this activation knows of.
            var now = clock.GetUtcNow();
            if (!await store.ExpireAsync(_id, _epoch, now > _leaseUntil ? now : _leaseUntil))
            {
                // Another activation has renewed or ended it.
                DeactivateOnIdle();
                return;
            }

            _live = false;
            Log.Expired(logger, _id, _epoch, _leaseAndMargin.TotalSeconds);
            await Pool.AgentGoneAsync(_id, $"Agent '{_id}' has not renewed its lease for {_leaseAndMargin.TotalSeconds:0.#} s.");
        }
        catch (Exception e)
        {
            Log.ExpiryFailed(logger, e, _id);
            _expiry!.Change(options.Value.LeaseMargin, Timeout.InfiniteTimeSpan);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Information, "Agent {AgentId} of pool {Pool} has a lease with epoch {Epoch}: {Cpus} cpus, {MemoryBytes} bytes, {Held} attempts held.")]
        public static partial void Registered(ILogger logger, string agentId, string pool, long epoch, double cpus, long memoryBytes, int held);

        [LoggerMessage(1102, LogLevel.Warning, "Agent {AgentId} with epoch {Epoch} has not renewed its lease for {Seconds} s; what it held is lost.")]
        public static partial void Expired(ILogger logger, string agentId, long epoch, double seconds);

        [LoggerMessage(1103, LogLevel.Error, "The lease of agent {AgentId} could not be ended; it is tried again.")]
        public static partial void ExpiryFailed(ILogger logger, Exception error, string agentId);
    }
}
