using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Messaging;

/// <summary>Sends the kept output of watched attempts while it is written. One loop for all of them, which rests while nobody watches.</summary>
internal sealed class LiveOutput(ProgressOutbox progress, TimeProvider clock, TimeSpan every)
{
    private const int MostBytesAtOnce = 32 << 10;
    private readonly Lock _gate = new();
    private readonly Dictionary<AttemptId, Dictionary<int, Watched>> _watched = [];
    private readonly Signal _wake = new();
    private readonly byte[] _buffer = new byte[MostBytesAtOnce];

    /// <summary>Begins to watch; steps that run already are sent from their first kept byte.</summary>
    public void Watch(AttemptId attempt, IEnumerable<RunningStep> running)
    {
        lock (_gate)
            _watched[attempt] = running.ToDictionary(step => step.StepIndex, step => new Watched(step));
        _wake.Set();
    }

    public void Unwatch(AttemptId attempt)
    {
        lock (_gate)
            _watched.Remove(attempt);
    }

    /// <summary>A step of any attempt has started.</summary>
    public void Started(RunningStep step)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(step.AttemptId, out var steps))
                steps[step.StepIndex] = new Watched(step);
        }
    }

    /// <summary>A step has ended: its last output is sent now, before anybody is told that it has ended.</summary>
    public void Ended(RunningStep step)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(step.AttemptId, out var steps) || !steps.Remove(step.StepIndex, out var watched))
                return;
            while (Send(watched))
            {
            }
        }
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            bool isIdle;
            lock (_gate)
            {
                isIdle = _watched.Count == 0;
                foreach (var steps in _watched.Values)
                {
                    foreach (var watched in steps.Values)
                        Send(watched);
                }
            }

            if (isIdle)
                await _wake.WaitAsync(Timeout.InfiniteTimeSpan, clock, stopping);
            else
                await Task.Delay(every, clock, stopping);
        }
    }

    private bool Send(Watched watched) => Send(watched, StepStream.Stdout, ProgressKind.Stdout, ref watched.Stdout) | Send(watched, StepStream.Stderr, ProgressKind.Stderr, ref watched.Stderr);

    private bool Send(Watched watched, StepStream stream, ProgressKind kind, ref long offset)
    {
        var read = watched.Step.ReadOutput(stream, offset, _buffer);
        if (read <= 0)
            return false;
        progress.Send(new AttemptProgress(watched.Step.AttemptId, kind, watched.Step.StepIndex, clock.GetUtcNow(), Offset: offset, Data: _buffer[..read]));
        offset += read;
        return true;
    }

    private sealed class Watched(RunningStep step)
    {
        public readonly RunningStep Step = step;
        public long Stdout;
        public long Stderr;
    }
}
