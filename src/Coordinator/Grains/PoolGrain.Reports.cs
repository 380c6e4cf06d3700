using Corral.Coordinator.Application;
using Corral.Coordinator.Storage;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

internal sealed partial class PoolGrain
{
    public async Task ReportAsync(AttemptReports reports)
    {
        var endings = new List<AttemptEnding>(reports.Reports.Count);
        foreach (var report in reports.Reports)
        {
            endings.Add(ReportRules.Ending(reports.AgentId, report, Micros.Truncate(clock.GetUtcNow())));
            if (_book.Placed(report.Attempt) is { Committed: true } placed && placed.Agent == reports.AgentId)
                _book.BeginEnd(placed);
        }

        await EndAsync(endings, clock.GetUtcNow());
        await bus.SendAsync(reports.AgentId, new AcknowledgeReports(reports.AgentId, [.. reports.Reports.Select(report => report.Sequence)]));
    }

    /// <summary>Commits ends whose room the book has given back already, together with the placements that this room allows.</summary>
    private async Task EndAsync(List<AttemptEnding> endings, DateTimeOffset now)
    {
        var outcomes = await Stored(() =>
        {
            var ending = store.EndAsync(endings, now);
            Plan();
            return ending;
        });
        var requeued = false;
        for (var i = 0; i < endings.Count; i++)
            requeued |= Ended(endings[i], outcomes[i], now);
        if (requeued)
            Plan();
    }

    /// <summary>What follows in memory from a committed end. True where the job is queued again.</summary>
    private bool Ended(AttemptEnding ending, EndCommit outcome, DateTimeOffset now)
    {
        var (job, number) = ending.Attempt;
        var placed = _book.Placed(ending.Attempt);
        if (outcome.Kind == EndKind.Late)
            Log.Late(logger, ending.Attempt, ending.Agent);
        if (outcome.Kind is EndKind.Late or EndKind.Repeated)
        {
            // The store says that the attempt is over and the book had it open.
            if (placed is not null && placed.Agent == ending.Agent)
                Abandon($"attempt {ending.Attempt} had ended before");
            return false;
        }

        if (placed is not null)
            _book.Forget(placed);
        if (outcome.Kind == EndKind.Ended)
        {
            _specs.Forget(job);
            if (_watched.Remove(job))
                TellEnd(ending, outcome, new JobEvent(outcome.Version, JobEventKind.Ended, now, number, Verdict: outcome.Verdict));
            return false;
        }

        if (placed is null)
        {
            Abandon($"attempt {ending.Attempt} was not known here");
            return false;
        }

        _book.Queue.Add(placed.Job with { Attempt = number, Version = outcome.Version });
        if (_watched.Contains(job))
            TellEnd(ending, outcome, new JobEvent(outcome.Version, JobEventKind.Queued, now, number, ending.Agent, Verdict: ending.Verdict));
        return true;
    }

    private void TellEnd(AttemptEnding ending, EndCommit outcome, JobEvent end)
    {
        if (outcome.StartedAt is { } at)
            Tell(ending.Attempt.Job, new JobEvent(outcome.Version - 1, JobEventKind.Started, at, ending.Attempt.Number, ending.Agent), end);
        else
            Tell(ending.Attempt.Job, end);
    }

    public async Task ProgressAsync(AttemptsProgressed progress)
    {
        var started = new Dictionary<AttemptId, AttemptStart>();
        foreach (var item in progress.Items)
        {
            if (_book.Placed(item.Attempt) is not { Committed: true, Ending: false } placed || placed.Agent != progress.AgentId)
                continue;
            if (item.Kind is ProgressKind.Started or ProgressKind.StepStarted && placed.StepStarted(item.StepIndex))
                started[item.Attempt] = new AttemptStart(item.Attempt, placed.Agent, placed.Steps, item.At);
            if (item.Kind is ProgressKind.StepStarted or ProgressKind.StepEnded && _watched.Contains(item.Attempt.Job))
                Tell(item.Attempt.Job, LiveEvent(item));
        }

        if (started.Count == 0)
            return;
        foreach (var commit in await Stored(() => store.StartAsync([.. started.Values])))
        {
            if (_book.Placed(commit.Attempt) is not { } placed)
                continue;
            placed.Running = true;
            if (_watched.Contains(commit.Attempt.Job))
                Tell(commit.Attempt.Job, new JobEvent(commit.Version, JobEventKind.Started, started[commit.Attempt].At, commit.Attempt.Number, placed.Agent));
        }
    }

    private static JobEvent LiveEvent(AttemptProgress item) => new(
        null, item.Kind == ProgressKind.StepStarted ? JobEventKind.StepStarted : JobEventKind.StepEnded, item.At, item.Attempt.Number, null, item.StepIndex, item.Verdict);

    /// <summary>Not awaited at the end either: the job's grain may be waiting for this pool's next activation, and looks for itself every few seconds.</summary>
    private void Tell(JobId job, params JobEvent[] happened)
    {
        _ = Observe(GrainFactory.GetGrain<IJobGrain>(job.ToString()).HappenedAsync(happened, Where(job)));

        async Task Observe(Task told)
        {
            try
            {
                await told;
            }
            catch (Exception e)
            {
                Log.NotTold(logger, e, job);
            }
        }
    }

    /// <summary>For changes whose number the pool did not make itself.</summary>
    private async Task TellNewestAsync(JobId job)
    {
        if (!_watched.Contains(job))
            return;
        var events = await store.EventsAsync(job, 0, CancellationToken.None);
        if (events.Count > 0)
            Tell(job, events[^1]);
    }
}
