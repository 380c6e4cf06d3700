using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>
/// Which steps of an attempt start next (pure). The plan says what may run at once; this adds what happened. A step is skipped where a step that it names
/// in <c>needs</c> did not succeed, or where any step did not and the job stops on failure. The need of a step that names none is the order alone.
/// Not thread-safe: its attempt calls it under its own lock.
/// </summary>
internal sealed class StepSchedule
{
    private readonly JobSpec _spec;
    private readonly StepPlan _plan;
    private readonly StepState[] _states;
    private readonly Verdict[] _verdicts;
    private readonly string?[] _skipReasons;
    private double _freeCpus;
    private long _freeMemory;
    private int _next;

    public StepSchedule(JobSpec spec, StepPlan plan)
    {
        _spec = spec;
        _plan = plan;
        _states = new StepState[spec.Steps.Count];
        Array.Fill(_states, StepState.Waiting);
        _verdicts = new Verdict[spec.Steps.Count];
        _skipReasons = new string?[spec.Steps.Count];
        var reservation = Reservation.Of(spec, plan);
        _freeCpus = reservation.Cpus;
        _freeMemory = reservation.MemoryBytes - plan.Workspaces.Sum(workspace => workspace.OutlivesStep ? workspace.Bytes : 0);
    }

    /// <summary>Every step has ended or is skipped.</summary>
    public bool IsDone => _next == _states.Length;

    /// <summary>No other step runs or waits: the attempt ends with this one.</summary>
    public bool IsLast(int step)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            if (i != step && !IsOver(i))
                return false;
        }

        return true;
    }

    public StepState State(int step) => _states[step];

    public string? SkipReason(int step) => _skipReasons[step];

    /// <summary>The steps that start now; they count as running from here on. Skips what can never start.</summary>
    public List<int> TakeReady()
    {
        var ready = new List<int>();
        Settle();
        for (var i = _next; i < _states.Length; i++)
        {
            var step = _plan.Order[i];
            if (_plan.SegmentOf[step] != _plan.SegmentOf[_plan.Order[_next]])
                break;
            if (_states[step] == StepState.Waiting && AreNeedsOver(step) && HasRoom(step))
            {
                Run(step);
                ready.Add(step);
            }
        }

        return ready;
    }

    /// <summary>A step that an earlier agent process started still runs.</summary>
    public void Run(int step)
    {
        _states[step] = StepState.Running;
        _freeCpus -= _spec.Steps[step].Limits.Cpus;
        _freeMemory -= _spec.Steps[step].Limits.MemoryBytes;
    }

    /// <summary>A step has ended, now or before the agent was restarted.</summary>
    public void End(int step, Verdict verdict)
    {
        if (_states[step] == StepState.Running)
        {
            _freeCpus += _spec.Steps[step].Limits.Cpus;
            _freeMemory += _spec.Steps[step].Limits.MemoryBytes;
        }

        _states[step] = StepState.Ended;
        _verdicts[step] = verdict;
        if (verdict != Verdict.Succeeded && _spec.StopOnFailure)
            SkipWaiting($"Step '{_spec.Steps[step].Name}' ended {verdict}, and the job stops on failure.");
        Settle();
    }

    /// <summary>A step that was taken did not start after all.</summary>
    public void Skip(int step, string reason)
    {
        _freeCpus += _spec.Steps[step].Limits.Cpus;
        _freeMemory += _spec.Steps[step].Limits.MemoryBytes;
        (_states[step], _skipReasons[step]) = (StepState.Skipped, reason);
        Settle();
    }

    /// <summary>Starts nothing any more.</summary>
    public void SkipWaiting(string reason)
    {
        for (var i = 0; i < _states.Length; i++)
        {
            if (_states[i] == StepState.Waiting)
                (_states[i], _skipReasons[i]) = (StepState.Skipped, reason);
        }

        Settle();
    }

    // Skips, in order, what a failed need makes impossible, and moves past what is over.
    private void Settle()
    {
        for (var i = _next; i < _states.Length; i++)
        {
            var step = _plan.Order[i];
            if (_states[step] == StepState.Waiting && FailedNeed(step) is { } need)
                (_states[step], _skipReasons[step]) = (StepState.Skipped, $"Step '{_spec.Steps[need].Name}', which it needs, {(_states[need] == StepState.Skipped ? "was skipped" : $"ended {_verdicts[need]}")}.");
        }

        while (_next < _states.Length && IsOver(_plan.Order[_next]))
            _next++;
    }

    private int? FailedNeed(int step)
    {
        foreach (var need in _plan.Needs[step])
        {
            if (IsOver(need) && _verdicts[need] != Verdict.Succeeded && IsNamed(step, need))
                return need;
        }

        return null;
    }

    private bool IsNamed(int step, int need) => _spec.Steps[step].Needs is not null || _spec.Steps[step].Workspace.From == _spec.Steps[need].Name;

    private bool AreNeedsOver(int step)
    {
        foreach (var need in _plan.Needs[step])
        {
            if (!IsOver(need))
                return false;
        }

        return true;
    }

    // A single step always fits: the reservation is at least each step's own limits. The tolerance is for sums of fractions of processors.
    private bool HasRoom(int step) => _spec.Steps[step].Limits.Cpus <= _freeCpus + 1e-6 && _spec.Steps[step].Limits.MemoryBytes <= _freeMemory;

    private bool IsOver(int step) => _states[step] is StepState.Ended or StepState.Skipped;
}
