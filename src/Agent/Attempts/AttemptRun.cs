using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

// The life of an attempt, in this order; each line is safe to be cut off after:
//
//   accepted    the order is written to the journal; meanwhile what the first steps need is made ready, and only when it is durable does one start
//   per step    lease held → input → workspace → accepted is durable → sandbox → dead → verdict, outputs, usage → durable in the journal → the launcher
//               may forget it
//   ended       the report is durable in the journal, together with the last step: one fsync for a job of one step
//   reported    to the coordinator, again and again until it is acknowledged (ReportOutbox)
//
// A new agent process begins in the same place: steps in the journal are over, steps that the launcher holds are waited for, the others start.
internal sealed partial class AttemptRun : IAsyncDisposable
{
    private const int SigTerm = 15;
    private readonly AttemptServices _services;
    private readonly AcceptedEntry _accepted;
    private readonly JobSpec _spec;
    private readonly int _userId;
    private readonly AttemptWorkspaces _workspaces;
    private readonly Lock _gate = new();
    private readonly StepSchedule _schedule;
    private readonly StepResult?[] _results;
    private readonly Dictionary<int, RunningStep> _running = [];
    private readonly List<RunningStep> _adopted = [];
    private readonly List<RunningStep> _unreleased = [];
    // Never disposed: it has no timer and is linked to nothing, and a cancel may come after the end.
    private readonly CancellationTokenSource _beforeStart = new();
    private StopRequest? _stop;
    private Task _grace = Task.CompletedTask;
    private Task _durable = Task.CompletedTask;
    private DateTimeOffset? _startedAt;

    public AttemptRun(AttemptServices services, AcceptedEntry accepted, StepPlan plan, int userId)
    {
        _services = services;
        _accepted = accepted;
        _spec = accepted.Order.Spec;
        _userId = userId;
        _workspaces = new AttemptWorkspaces(services.Sandboxes, plan, AttemptWorkspaces.FirstId(accepted.Sequence), userId);
        _schedule = new StepSchedule(_spec, plan);
        _results = new StepResult?[_spec.Steps.Count];
    }

    public AttemptId Id => _accepted.Order.Attempt;

    public AcceptedEntry Accepted => _accepted;

    /// <summary>The steps that are in a sandbox now.</summary>
    public IReadOnlyList<RunningStep> Running
    {
        get
        {
            lock (_gate)
                return [.. _running.Values];
        }
    }

    /// <summary>Takes over what an earlier agent process left: steps that ended, and what the launcher kept. Before it runs.</summary>
    public void Adopt(IEnumerable<StepEndedEntry> ended, IEnumerable<RunningStep> kept, IEnumerable<MountedWorkspace> workspaces)
    {
        foreach (var entry in ended)
        {
            _results[entry.Result.Index] = entry.Result;
            _schedule.End(entry.Result.Index, entry.Result.Verdict);
            _startedAt = Earlier(_startedAt, entry.Result.Usage?.StartedAt);
        }

        foreach (var workspace in workspaces)
            _workspaces.Adopt(workspace);
        foreach (var step in kept)
        {
            _startedAt = Earlier(_startedAt, step.StartedAt);
            if (_schedule.State(step.StepIndex) == StepState.Ended)
            {
                // Its end was durable, only the launcher had not been told.
                _unreleased.Add(step);
                continue;
            }

            _schedule.Run(step.StepIndex);
            _running.Add(step.StepIndex, step);
            _adopted.Add(step);
        }
    }

    /// <summary>Runs what is left of the attempt and makes its report durable.</summary>
    /// <param name="accepted">Ends when the order is durable.</param>
    public async Task<AttemptReport> RunAsync(Task accepted)
    {
        _durable = accepted;
        // What the process before us had gathered to say may have gone with it.
        foreach (var step in _adopted)
            TellStart(step);
        var steps = new List<Task>(_adopted.Select(step => RunAsync(step.StepIndex, step)));
        while (true)
        {
            List<int> ready;
            lock (_gate)
                ready = _schedule.TakeReady();
            foreach (var step in ready)
                steps.Add(RunAsync(step, null));
            if (steps.Count == 0)
                break;
            var ended = steps.Count == 1 ? steps[0] : await Task.WhenAny(steps);
            await ended;
            steps.Remove(ended);
        }

        var (entry, durable) = _services.Journal.Append(this, static (run, first) => run.End(first), sequences: 1 + _results.Count(IsUnwritten));
        await durable.WaitAsync(_services.Stopping);
        return entry.Report;
    }

    /// <summary>Gives back all that the attempt holds on this host; after its report is durable.</summary>
    public async ValueTask DisposeAsync()
    {
        await _grace;
        foreach (var step in _unreleased)
            await step.ReleaseAsync();
        await _workspaces.ReleaseAllAsync();
    }

    /// <summary>Ends the attempt: steps that wait are skipped, those that run are asked (Cancelled, Deadline) or killed.</summary>
    public void Stop(KillReason reason)
    {
        var isPolite = reason is KillReason.Cancelled or KillReason.Deadline && _services.Options.CancelGrace > TimeSpan.Zero;
        List<RunningStep> running;
        lock (_gate)
        {
            // The first reason stays; a later one may still be less patient.
            if (_stop is not null && isPolite)
                return;
            _stop ??= new StopRequest(reason, _services.Clock.GetTimestamp());
            _schedule.SkipWaiting($"The attempt was ended ({_stop.Reason}) before the step started.");
            running = [.. _running.Values];
            if (isPolite && running.Count > 0)
                _grace = KillAfterGraceAsync(reason, running);
        }

        _beforeStart.Cancel();
        foreach (var step in running)
        {
            if (isPolite)
                step.Signal(SigTerm);
            else
                step.Kill(reason);
        }
    }

    /// <summary>The agent process stops: what waits to start does not; what runs goes on without it.</summary>
    public void Abandon() => _beforeStart.Cancel();

    private async Task KillAfterGraceAsync(KillReason reason, List<RunningStep> running)
    {
        Task allDead = Task.WhenAll(running.Select(step => step.Completion));
        // The grace being over is the ordinary case here: it is not worth an exception.
        await allDead.WaitAsync(_services.Options.CancelGrace, _services.Clock, _services.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Also where the agent stops meanwhile: the next process would not know why the step ended, and call it the program's own doing.
        foreach (var step in running)
        {
            if (!step.Completion.IsCompleted)
                step.Kill(reason);
        }
    }

    private bool IsUnwritten(StepResult? result) => result?.Usage is { Sequence: 0 };

    // Runs under the journal's lock: numbers the usage records that are not in the journal yet, then the report.
    private EndedEntry End(long sequence)
    {
        var steps = new StepResult[_results.Length];
        for (var i = 0; i < steps.Length; i++)
        {
            var step = _spec.Steps[i];
            var result = _results[i] ?? new StepResult { Index = i, Name = step.Name, State = StepState.Skipped, SkipReason = _schedule.SkipReason(i) };
            steps[i] = IsUnwritten(result) ? result with { Usage = result.Usage! with { Sequence = sequence++ } } : result;
        }

        var verdict = VerdictRules.OfAttempt(steps);
        // A job that was cancelled between two steps has no step that says so.
        if (_stop is { } stop && verdict == Verdict.Succeeded && steps.Any(step => step.State == StepState.Skipped))
            verdict = StepVerdict.OfStop(stop.Reason);
        var broken = steps.FirstOrDefault(step => step.Verdict is Verdict.Lost or Verdict.SandboxBroke);
        var report = new AttemptReport(sequence, Id, verdict, _startedAt, TimeProvider.System.GetUtcNow(), steps, verdict.IsBillable() ? null : broken?.Facts.Detail);
        return new EndedEntry(sequence, report);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;
}
