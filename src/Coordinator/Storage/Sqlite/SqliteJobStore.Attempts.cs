using System.Globalization;
using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    public Task<IReadOnlyList<StartCommit>> StartAsync(IReadOnlyList<AttemptStart> starts) => Writer.Write<IReadOnlyList<StartCommit>>(session =>
    {
        var began = new List<StartCommit>();
        foreach (var start in starts)
        {
            if (session.Sql("UPDATE attempts SET started_at = ifnull(started_at, ?), started_steps = ? WHERE job_id = ? AND number = ? AND agent = ? AND verdict = 0")
                    .With(start.At).With(string.Join(',', start.Steps)).With(start.Attempt.Job).With(start.Attempt.Number).With(start.Agent).Run() == 0)
                continue;
            var row = session.Sql("UPDATE jobs SET state = 3, version = version + 1 WHERE id = ? AND state = 2 AND attempt = ? RETURNING version")
                .With(start.Attempt.Job).With(start.Attempt.Number);
            if (!row.Step())
                continue;
            var version = row.Int64(0);
            row.Reset();
            AddEvent(session, start.Attempt.Job, version, JobEventKind.Started, start.At, start.Attempt.Number, start.Agent, Verdict.None);
            began.Add(new StartCommit(start.Attempt, version));
        }

        return began;
    });

    public Task<IReadOnlyList<EndCommit>> EndAsync(IReadOnlyList<AttemptEnding> endings, DateTimeOffset now) => Writer.Write<IReadOnlyList<EndCommit>>(session =>
    {
        var outcomes = new EndCommit[endings.Count];
        var freed = new Dictionary<string, (long Cpu, long Memory, int Attempts)>();
        for (var i = 0; i < endings.Count; i++)
            outcomes[i] = End(session, endings[i], now, freed);
        foreach (var (agent, room) in freed)
            GiveRoom(session, agent, room.Cpu, room.Memory, room.Attempts);
        return outcomes;
    });

    private EndCommit End(SqliteSession session, AttemptEnding ending, DateTimeOffset now, Dictionary<string, (long Cpu, long Memory, int Attempts)> freed)
    {
        var attempt = ending.Attempt;
        var row = session.Sql(
                """
                SELECT j.tenant, j.cpu_milli, j.memory_bytes, j.version, j.max_attempts, j.cancel_requested, a.started_at, a.started_steps, a.agent_epoch, j.state
                FROM attempts a JOIN jobs j ON j.id = a.job_id
                WHERE a.job_id = ? AND a.number = ? AND a.agent = ? AND a.verdict = 0 AND j.state IN (2, 3) AND j.attempt = a.number
                """)
            .With(attempt.Job).With(attempt.Number).With(ending.Agent);
        if (!row.Step())
            return Late(session, ending, now);
        var open = new OpenRow(row.Text(0), new Demand(row.Int64(1), row.Int64(2)), row.Int64(3), row.TimeOrNull(6), row.TextOrNull(7), row.Int64(8));
        var final = RetryRule.FinalVerdict(ending.Verdict, attempt.Number, row.Int32(4), row.Bool(5));
        var isPlaced = (JobState)row.Int32(9) == JobState.Placed;
        row.Reset();

        // A short attempt's report is the first that is heard of its start.
        var startedAt = isPlaced ? ending.StartedAt : null;
        if (startedAt is { } at)
        {
            open = open with { Version = open.Version + 1 };
            AddEvent(session, attempt.Job, open.Version, JobEventKind.Started, at, attempt.Number, ending.Agent, Verdict.None);
        }

        var steps = ending.Steps ?? [];
        session.Sql(
                """
                UPDATE attempts SET verdict = ?, ended_at = ?, started_at = ifnull(?, started_at), reported = ?, sequence = ?, detail = ?, steps = ?
                WHERE job_id = ? AND number = ?
                """)
            .With((int)ending.Verdict).With(ending.EndedAt).With(ending.StartedAt).With(ending.Sequence is not null).With(ending.Sequence).With(ending.Detail)
            .With(ending.Steps is null ? null : StoredJson.Write(steps)).With(attempt.Job).With(attempt.Number).Run();
        AddUsage(session, ending, open, steps, now);
        if (ending.Verdict == Verdict.Lost)
            AddLostUsage(session, ending, open, steps, now);

        var held = freed.GetValueOrDefault(ending.Agent);
        freed[ending.Agent] = (held.Cpu + open.Demand.CpuMilli, held.Memory + open.Demand.MemoryBytes, held.Attempts + 1);
        if (final is { } verdict)
            EndJob(session, attempt, open.Tenant, verdict, open.Version + 1, Bill.Of(steps, attempt.Number, ending.Verdict, card).TotalNano, now);
        else
            Requeue(session, ending, open, now);
        return new EndCommit(final is null ? EndKind.Requeued : EndKind.Ended, open.Version + 1, final ?? Verdict.None, startedAt);
    }

    private void EndJob(SqliteSession session, AttemptId attempt, string tenant, Verdict verdict, long version, long chargeNano, DateTimeOffset now)
    {
        session.Sql("UPDATE jobs SET state = 4, version = ?, verdict = ?, ended_at = ?, charge_nano = ? WHERE id = ?")
            .With(version).With((int)verdict).With(now).With(chargeNano).With(attempt.Job).Run();
        session.Sql("INSERT INTO charges (job_id, tenant, attempt, rate_card, ended_at, total_nano) VALUES (?, ?, ?, ?, ?, ?)")
            .With(attempt.Job).With(tenant).With(attempt.Number).With(card.Id).With(now).With(chargeNano).Run();
        AddEvent(session, attempt.Job, version, JobEventKind.Ended, now, attempt.Number, null, verdict);
    }

    private static void Requeue(SqliteSession session, AttemptEnding ending, OpenRow open, DateTimeOffset now)
    {
        var job = ending.Attempt.Job;
        session.Sql("UPDATE jobs SET state = 1, version = ?, agent = NULL WHERE id = ?").With(open.Version + 1).With(job).Run();
        // The quota bounds what a tenant adds; what comes back is not refused.
        session.Sql("UPDATE tenants SET queued = queued + 1 WHERE name = ?").With(open.Tenant).Run();
        AddEvent(session, job, open.Version + 1, JobEventKind.Queued, now, ending.Attempt.Number, ending.Agent, ending.Verdict);
    }

    private static EndCommit Late(SqliteSession session, AttemptEnding ending, DateTimeOffset now)
    {
        if (ending.Sequence is not { } sequence)
            return new EndCommit(EndKind.Late);
        var row = session.Sql("SELECT 1 FROM attempts WHERE job_id = ? AND number = ? AND agent = ? AND reported = 1")
            .With(ending.Attempt.Job).With(ending.Attempt.Number).With(ending.Agent);
        var repeated = row.Step();
        row.Reset();
        if (repeated)
            return new EndCommit(EndKind.Repeated);
        var added = session.Sql("INSERT OR IGNORE INTO late_reports (job_id, attempt, agent, sequence, verdict, received_at, steps) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .With(ending.Attempt.Job).With(ending.Attempt.Number).With(ending.Agent).With(sequence).With((int)ending.Verdict).With(now)
            .With(StoredJson.Write(ending.Steps ?? [])).Run();
        return new EndCommit(added == 1 ? EndKind.Late : EndKind.Repeated);
    }

    public Task<CancelCommit> CancelAsync(JobId id, DateTimeOffset now) => Writer.Write(session =>
    {
        var row = session.Sql("SELECT state, version, pool, attempt, agent, tenant, cancel_requested FROM jobs WHERE id = ?").With(id);
        if (!row.Step())
            return new CancelCommit(CancelOutcome.NotFound);
        var (state, version, pool, number, agent, tenant, asked) =
            ((JobState)row.Int32(0), row.Int64(1), row.Text(2), row.Int32(3), row.TextOrNull(4), row.Text(5), row.Bool(6));
        row.Reset();
        var attempt = new AttemptId(id, number);
        switch (state)
        {
            case JobState.Ended:
                return new CancelCommit(CancelOutcome.AlreadyEnded, pool);
            case JobState.Queued:
                session.Sql("UPDATE tenants SET queued = queued - 1 WHERE name = ?").With(tenant).Run();
                EndJob(session, attempt, tenant, Verdict.Cancelled, version + 1, 0, now);
                return new CancelCommit(CancelOutcome.Cancelled, pool);
            default:
                if (!asked)
                {
                    session.Sql("UPDATE jobs SET cancel_requested = 1, version = ? WHERE id = ?").With(version + 1).With(id).Run();
                    AddEvent(session, id, version + 1, JobEventKind.CancelRequested, now, number, agent, Verdict.None);
                }

                return new CancelCommit(CancelOutcome.Requested, pool, attempt, agent!);
        }
    });

    /// <summary>What the end of an attempt needs to know of it and its job.</summary>
    private readonly record struct OpenRow(string Tenant, Demand Demand, long Version, DateTimeOffset? StartedAt, string? StartedSteps, long AgentEpoch)
    {
        public IReadOnlyList<int> Started => SqliteJobStore.StartedSteps(StartedSteps);
    }

    private static IReadOnlyList<int> StartedSteps(string? column) =>
        [.. (column ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
}
