using Corral.Agent.Interop;

namespace Corral.Agent.Sandbox;

/// <summary>
/// The cpu time limit, for which the kernel has no knob per group: each step's counter is read when it can first have reached the limit, and
/// again from there. RLIMIT_CPU is per process and fires early under a quota, so it is only the backstop while no agent is attached.
/// </summary>
internal sealed class CpuDeadlines : IEventSource, IDisposable
{
    // Less than this apart readings only burn time; it is also the bound of the overshoot, beside the scheduler's own tick.
    private const long ShortestWaitNs = 1_000_000;

    // A group may use its quota of a period (100 ms) at any rate, and that of the next one right after.
    private const double BurstPeriodsNs = 2 * 100_000_000;

    private readonly EventLoop _loop;
    private readonly BootTimer _timer = new();
    private readonly SortedSet<(long DueNs, ulong Id)> _order = [];
    private readonly Dictionary<ulong, (long DueNs, RunningStep Step)> _steps = [];
    private readonly Lock _lock = new();
    private readonly long _source;
    private long _armedNs = long.MaxValue;

    public CpuDeadlines(EventLoop loop)
    {
        _loop = loop;
        _source = loop.Add(this);
        loop.Watch(_source, 0, _timer.Handle);
    }

    /// <summary>Begins to watch a step that has just been dispatched.</summary>
    public void Add(RunningStep step, long nowNs) => Set(step, nowNs + EarliestNs(step, step.CpuLimitNs));

    /// <summary>Begins to watch a step of an earlier agent process, which may have used any part of its limit.</summary>
    public void AddAdopted(RunningStep step, long nowNs) => Set(step, nowNs);

    /// <summary>Stops watching a step; nothing happens where it was not.</summary>
    public void Remove(RunningStep step)
    {
        lock (_lock)
        {
            if (_steps.Remove(step.SandboxId, out var entry)) _order.Remove((entry.DueNs, step.SandboxId));
        }
    }

    public void OnReady(int tag)
    {
        _timer.Acknowledge();
        _loop.WatchAgain(_source, tag, _timer.Handle);
        var now = BootClock.Instance.GetTimestamp();
        while (TakeDue(now) is { } step)
        {
            if (step.TryReadCpuNs() is not { } used) continue;
            var left = step.CpuLimitNs - used;
            if (left > 0) Set(step, BootClock.Instance.GetTimestamp() + EarliestNs(step, left));
            else step.Kill(KillReason.CpuTime);
        }
    }

    public void Dispose()
    {
        _loop.Remove(_source);
        _timer.Dispose();
    }

    // The soonest that so much time can have been used: on every processor at once, and not above the quota but for its bursts.
    private static long EarliestNs(RunningStep step, long leftNs)
    {
        var onAll = leftNs / (double)Environment.ProcessorCount;
        var byQuota = (leftNs - (BurstPeriodsNs * step.Cpus)) / step.Cpus;
        return Math.Max(ShortestWaitNs, (long)Math.Max(onAll, byQuota));
    }

    private RunningStep? TakeDue(long nowNs)
    {
        lock (_lock)
        {
            if (_order.Count == 0)
            {
                _armedNs = long.MaxValue;
                return null;
            }

            var first = _order.Min;
            if (first.DueNs > nowNs)
            {
                Arm(first.DueNs);
                return null;
            }

            _order.Remove(first);
            return _steps.Remove(first.Id, out var entry) ? entry.Step : null;
        }
    }

    private void Set(RunningStep step, long dueNs)
    {
        lock (_lock)
        {
            if (step.HasEnded) return;
            _order.Add((dueNs, step.SandboxId));
            _steps[step.SandboxId] = (dueNs, step);
            if (dueNs < _armedNs) Arm(dueNs);
        }
    }

    private void Arm(long dueNs)
    {
        _armedNs = dueNs;
        _timer.Set(dueNs);
    }
}
