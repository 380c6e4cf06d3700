using Corral.Shared.Jobs;

namespace Corral.Agent.Metering;

/// <summary>What the journal's entries add up to: the attempts that the agent still answers for.</summary>
internal sealed class JournalState
{
    private readonly Dictionary<AttemptId, JournalledAttempt> _attempts = [];
    private readonly Dictionary<long, AttemptId> _reports = [];

    public IReadOnlyCollection<JournalledAttempt> Attempts => _attempts.Values;

    public void Apply(JournalEntry entry)
    {
        switch (entry)
        {
            case AcceptedEntry accepted:
                _attempts[accepted.Order.Attempt] = new JournalledAttempt(accepted.Order.Attempt) { Accepted = accepted };
                break;
            case StepEndedEntry stepEnded:
                if (_attempts.TryGetValue(stepEnded.Attempt, out var running))
                    running.Steps.Add(stepEnded);
                break;
            case EndedEntry ended:
                // The report says all that matters from here on; the order and the single steps may be forgotten.
                _attempts[ended.Report.Attempt] = new JournalledAttempt(ended.Report.Attempt) { Ended = ended };
                _reports[ended.Report.Sequence] = ended.Report.Attempt;
                break;
            case AcknowledgedEntry acknowledged:
                foreach (var report in acknowledged.Reports)
                {
                    if (_reports.Remove(report, out var attempt))
                        _attempts.Remove(attempt);
                }

                break;
        }
    }

    /// <summary>The fewest entries that add up to the same.</summary>
    public List<JournalEntry> Snapshot()
    {
        var entries = new List<JournalEntry>();
        foreach (var attempt in _attempts.Values)
        {
            if (attempt.Accepted is { } accepted)
                entries.Add(accepted);
            entries.AddRange(attempt.Steps);
            if (attempt.Ended is { } ended)
                entries.Add(ended);
        }

        return entries;
    }
}
