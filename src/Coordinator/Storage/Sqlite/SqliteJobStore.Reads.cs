using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    public Task<JobView?> JobAsync(JobId id, CancellationToken cancellationToken) => Readers.ReadConsistently(
        session =>
        {
            var row = session.Sql(
                    """
                    SELECT s.spec, j.state, j.version, j.submitted_at, j.ended_at, j.verdict, j.cancel_requested, j.attempt
                    FROM jobs j JOIN job_specs s ON s.job_id = j.id WHERE j.id = ?
                    """)
                .With(id);
            if (!row.Step())
                return null;
            var view = new JobView
            {
                Id = id,
                Spec = StoredJson.Spec(row.Blob(0)),
                State = (JobState)row.Int32(1),
                Version = row.Int64(2),
                SubmittedAt = row.Time(3),
                EndedAt = row.TimeOrNull(4),
                Verdict = (Verdict)row.Int32(5),
                CancelRequested = row.Bool(6),
                Attempts = row.Int32(7) == 0 ? [] : Attempts(session, id),
            };
            row.Reset();
            return view with { Receipt = view.State == JobState.Ended ? ReceiptOf(view) : null };
        },
        cancellationToken);

    private Receipt ReceiptOf(JobView view) =>
        view.Attempts is [.., var last] ? Bill.Of(last.Steps, last.Number, last.Verdict, card) : Bill.Of([], 0, view.Verdict, card);

    private static List<AttemptView> Attempts(SqliteSession session, JobId id)
    {
        var attempts = new List<AttemptView>();
        var rows = session.Sql("SELECT number, agent, placed_at, started_at, ended_at, verdict, detail, steps FROM attempts WHERE job_id = ? ORDER BY number").With(id);
        while (rows.Step())
        {
            var verdict = (Verdict)rows.Int32(5);
            var state = verdict != Verdict.None ? JobState.Ended : rows.IsNull(3) ? JobState.Placed : JobState.Running;
            attempts.Add(new AttemptView(
                rows.Int32(0), rows.Text(1), state, rows.Time(2), rows.TimeOrNull(3), rows.TimeOrNull(4), verdict, rows.TextOrNull(6), StoredJson.Steps(rows.Blob(7))));
        }

        return attempts;
    }

    public Task<JobHead?> HeadAsync(JobId id, CancellationToken cancellationToken) => Readers.Read(
        session =>
        {
            var row = session.Sql("SELECT state, version, pool, attempt, agent, step_count FROM jobs WHERE id = ?").With(id);
            if (!row.Step())
                return null;
            var head = new JobHead((JobState)row.Int32(0), row.Int64(1), row.Text(2), row.Int32(3), row.TextOrNull(4), row.Int32(5));
            row.Reset();
            return head;
        },
        cancellationToken);

    public Task<IReadOnlyList<JobSummary>> JobsAsync(JobFilter filter, JobId? before, int limit, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<JobSummary>>(
        session =>
        {
            // A tenant's jobs come from their own index; the other filters are applied while walking from the newest.
            var jobs = new List<JobSummary>(Math.Min(limit, 256));
            var rows = session.Sql(filter.Tenant is null ? $"{SelectSummaries} WHERE ?1 IS NULL {Filters}" : $"{SelectSummaries} WHERE tenant = ?1 {Filters}")
                .With(filter.Tenant);
            if (before is { } id)
                rows.With(id);
            else
                rows.With((byte[]?)null);
            rows.With((long?)filter.State).With((long?)filter.Verdict).With(filter.Pool).With(filter.From).With(filter.To)
                .With(filter.Label?.Key).With(filter.Label?.Value).With(limit);
            while (rows.Step())
            {
                jobs.Add(new JobSummary(
                    rows.Job(0), rows.Text(1), rows.Text(2), rows.Int32(3), StoredJson.Labels(rows.Text(4)), rows.Int32(5), (JobState)rows.Int32(6),
                    (Verdict)rows.Int32(7), rows.Int32(8), rows.TextOrNull(9), rows.Time(10), rows.TimeOrNull(11), rows.Int64OrNull(12)));
            }

            return jobs;
        },
        cancellationToken);

    private const string SelectSummaries =
        "SELECT id, tenant, pool, priority, labels, step_count, state, verdict, attempt, agent, submitted_at, ended_at, charge_nano FROM jobs";

    private const string Filters =
        """
        AND (?2 IS NULL OR id < ?2) AND (?3 IS NULL OR state = ?3) AND (?4 IS NULL OR verdict = ?4) AND (?5 IS NULL OR pool = ?5)
        AND (?6 IS NULL OR submitted_at >= ?6) AND (?7 IS NULL OR submitted_at < ?7)
        AND (?8 IS NULL OR EXISTS (SELECT 1 FROM json_each(labels) l WHERE l.key = ?8 AND l.value = ?9))
        ORDER BY id DESC LIMIT ?10
        """;

    public Task<IReadOnlyList<JobEvent>> EventsAsync(JobId id, long after, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<JobEvent>>(
        session =>
        {
            var events = new List<JobEvent>();
            var rows = session.Sql("SELECT no, kind, at, attempt, agent, verdict FROM events WHERE job_id = ? AND no > ? ORDER BY no").With(id).With(after);
            while (rows.Step())
                events.Add(new JobEvent(rows.Int64(0), (JobEventKind)rows.Int32(1), rows.Time(2), rows.Int32(3), rows.TextOrNull(4), null, (Verdict)rows.Int32(5)));
            return events;
        },
        cancellationToken);

    public Task<IReadOnlyDictionary<JobId, JobSpec>> SpecsAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken) => Readers.Read<IReadOnlyDictionary<JobId, JobSpec>>(
        session =>
        {
            var specs = new Dictionary<JobId, JobSpec>(jobs.Count);
            foreach (var job in jobs)
            {
                var row = session.Sql("SELECT spec FROM job_specs WHERE job_id = ?").With(job);
                if (row.Step())
                    specs[job] = StoredJson.Spec(row.Blob(0));
                row.Reset();
            }

            return specs;
        },
        cancellationToken);

    public Task<(long Queued, long? MaxQueued)> TenantAsync(string tenant, CancellationToken cancellationToken) => Readers.Read(
        session =>
        {
            var row = session.Sql("SELECT queued, max_queued FROM tenants WHERE name = ?").With(tenant);
            var found = row.Step() ? (row.Int64(0), row.Int64OrNull(1)) : (0L, (long?)null);
            row.Reset();
            return found;
        },
        cancellationToken);
}
