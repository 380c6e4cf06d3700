using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    public Task<SubmitCommit> SubmitAsync(Submission submission) => Writer.Write(session => Submit(session, submission));

    private static SubmitCommit Submit(SqliteSession session, Submission submission)
    {
        if (submission.Placements is { } asked && !HoldsPool(session, asked.Pool, asked.PoolEpoch))
            return new SubmitCommit(new SubmitOutcome.Accepted([], default, false), null);
        if (submission.Key is { } key && Replay(session, submission, key) is { } earlier)
            return new SubmitCommit(earlier, new HashSet<JobId>());

        var placed = submission.Placements is { } first ? TakeRoom(session, first.Placements) : [];
        var placements = placed.ToDictionary(placement => placement.Job.Id);
        var queued = submission.Jobs.Count - placed.Count;
        if (!AdmitQueued(session, submission, queued, out var refusal))
        {
            foreach (var group in placed.GroupBy(placement => placement.Agent))
                GiveRoom(session, group.Key, group.Sum(p => p.Job.Demand.CpuMilli), group.Sum(p => p.Job.Demand.MemoryBytes), group.Count());
            return new SubmitCommit(refusal!, new HashSet<JobId>());
        }

        foreach (var job in submission.Jobs)
            Insert(session, job, placements.GetValueOrDefault(job.Id), submission.Placements?.PoolEpoch ?? 0, submission.Now);
        if (submission.Key is not null)
            Remember(session, submission);
        return new SubmitCommit(
            new SubmitOutcome.Accepted([.. submission.Jobs.Select(job => job.Id)], Micros.Truncate(submission.Now), false),
            placements.Keys.ToHashSet());
    }

    private static SubmitOutcome? Replay(SqliteSession session, Submission submission, SubmissionKey key)
    {
        session.Sql("DELETE FROM idempotency WHERE expires_at <= ?").With(submission.Now).Run();
        var row = session.Sql("SELECT request_hash, jobs, submitted_at FROM idempotency WHERE tenant = ? AND key = ?").With(submission.Tenant).With(key.Key);
        if (!row.Step())
            return null;
        SubmitOutcome outcome = row.Blob(0).SequenceEqual(key.RequestHash)
            ? new SubmitOutcome.Accepted(Ids(row.Blob(1)), row.Time(2), Replayed: true)
            : new SubmitOutcome.KeyReused();
        row.Reset();
        return outcome;
    }

    private static void Remember(SqliteSession session, Submission submission)
    {
        var ids = new byte[submission.Jobs.Count * 16];
        for (var i = 0; i < submission.Jobs.Count; i++)
            submission.Jobs[i].Id.Value.TryWriteBytes(ids.AsSpan(i * 16), bigEndian: true, out _);
        session.Sql("INSERT INTO idempotency (tenant, key, request_hash, jobs, submitted_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)")
            .With(submission.Tenant).With(submission.Key!.Key).With(submission.Key.RequestHash).With(ids).With(submission.Now).With(submission.Key.ExpiresAt).Run();
    }

    private static JobId[] Ids(ReadOnlySpan<byte> bytes)
    {
        var ids = new JobId[bytes.Length / 16];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new JobId(new Guid(bytes.Slice(i * 16, 16), bigEndian: true));
        return ids;
    }

    /// <summary>The quota is guarded in the WHERE: two submissions that race cannot both have the last places.</summary>
    private static bool AdmitQueued(SqliteSession session, Submission submission, int queued, out SubmitOutcome? refusal)
    {
        refusal = null;
        session.Sql("INSERT OR IGNORE INTO tenants (name, created_at) VALUES (?, ?)").With(submission.Tenant).With(submission.Now).Run();
        if (queued == 0)
            return true;
        if (session.Sql("UPDATE tenants SET queued = queued + ?1 WHERE name = ?2 AND queued + ?1 <= ifnull(max_queued, ?3)")
                .With(queued).With(submission.Tenant).With(submission.DefaultMaxQueued).Run() == 1)
            return true;
        var row = session.Sql("SELECT queued, max_queued FROM tenants WHERE name = ?").With(submission.Tenant);
        row.Step();
        refusal = new SubmitOutcome.QuotaExceeded(row.Int64(0), row.Int64OrNull(1) ?? submission.DefaultMaxQueued, TimeSpan.FromSeconds(1));
        row.Reset();
        return false;
    }

    private static void Insert(SqliteSession session, NewJob job, Placement? placement, long poolEpoch, DateTimeOffset now)
    {
        var spec = job.Spec;
        var state = placement is null ? JobState.Queued : JobState.Placed;
        session.Sql(
                """
                INSERT INTO jobs (id, tenant, pool, priority, cpu_milli, memory_bytes, max_attempts, step_count, labels, submitted_at, version, state, attempt, agent)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            .With(job.Id).With(spec.Tenant).With(spec.Pool).With(spec.Priority).With(job.Demand.CpuMilli).With(job.Demand.MemoryBytes).With(spec.MaxAttempts)
            .With(spec.Steps.Count).With(StoredJson.Write(spec.Labels)).With(now).With(placement is null ? 1 : 2).With((int)state)
            .With(placement is null ? 0 : 1).With(placement?.Agent).Run();
        session.Sql("INSERT INTO job_specs (job_id, spec) VALUES (?, ?)").With(job.Id).With(job.SpecJson).Run();
        AddEvent(session, job.Id, 1, JobEventKind.Queued, now, 0, null, Verdict.None);
        if (placement is null)
            return;
        InsertAttempt(session, placement, poolEpoch, now);
        AddEvent(session, job.Id, 2, JobEventKind.Placed, now, 1, placement.Agent, Verdict.None);
    }

    private static void AddEvent(SqliteSession session, JobId job, long no, JobEventKind kind, DateTimeOffset at, int attempt, string? agent, Verdict verdict) =>
        session.Sql("INSERT INTO events (job_id, no, kind, at, attempt, agent, verdict) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .With(job).With(no).With((int)kind).With(at).With(attempt).With(agent).With((int)verdict).Run();
}
