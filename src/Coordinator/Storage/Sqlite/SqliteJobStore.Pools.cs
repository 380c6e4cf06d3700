using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    public Task<IReadOnlyList<string>> PoolsAsync(CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<string>>(
        session =>
        {
            var names = new List<string>();
            var rows = session.Sql("SELECT pool FROM agents UNION SELECT pool FROM jobs WHERE state < 4 ORDER BY 1");
            while (rows.Step())
                names.Add(rows.Text(0));
            return names;
        },
        cancellationToken);

    public Task<PoolSnapshot> TakePoolAsync(string pool) => Writer.Write(session =>
    {
        session.Sql("INSERT INTO pools (name, epoch) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET epoch = epoch + 1").With(pool).Run();
        var epoch = session.Sql("SELECT epoch FROM pools WHERE name = ?").With(pool);
        epoch.Step();
        var taken = epoch.Int64(0);
        epoch.Reset();
        return new PoolSnapshot(taken, QueuedIn(session, pool), OpenIn(session, pool), AgentsIn(session, pool));
    });

    public Task<PlaceCommit> PlaceAsync(string pool, long poolEpoch, IReadOnlyList<Placement> placements, DateTimeOffset now) => Writer.Write(session =>
    {
        if (!HoldsPool(session, pool, poolEpoch))
            return new PlaceCommit(false, new HashSet<JobId>());
        var placed = new HashSet<JobId>(placements.Count);
        foreach (var group in placements.GroupBy(placement => (placement.Agent, placement.AgentEpoch)))
        {
            // The jobs first, so that one which changed meanwhile takes no room; then the agent's row, whose refusal takes them all back.
            session.Sql("SAVEPOINT agent").Run();
            var won = group.Where(placement => PlaceJob(session, placement, poolEpoch, now)).ToList();
            if (won.Count > 0 && TakeRoom(session, won).Count == 0)
                session.Sql("ROLLBACK TO agent").Run();
            else
                placed.UnionWith(won.Select(placement => placement.Job.Id));
            session.Sql("RELEASE agent").Run();
        }

        return new PlaceCommit(true, placed);
    });

    private static bool HoldsPool(SqliteSession session, string pool, long epoch)
    {
        var row = session.Sql("SELECT 1 FROM pools WHERE name = ? AND epoch = ?").With(pool).With(epoch);
        var holds = row.Step();
        row.Reset();
        return holds;
    }

    private static bool PlaceJob(SqliteSession session, Placement placement, long poolEpoch, DateTimeOffset now)
    {
        var job = placement.Job;
        var attempt = placement.Attempt;
        if (session.Sql("UPDATE jobs SET state = 2, version = version + 1, attempt = ?, agent = ? WHERE id = ? AND version = ? AND state = 1 AND attempt = ?")
                .With(attempt.Number).With(placement.Agent).With(job.Id).With(job.Version).With(job.Attempt).Run() == 0)
            return false;
        session.Sql("UPDATE tenants SET queued = queued - 1 WHERE name = ?").With(job.Tenant).Run();
        InsertAttempt(session, placement, poolEpoch, now);
        AddEvent(session, job.Id, job.Version + 1, JobEventKind.Placed, now, attempt.Number, placement.Agent, Verdict.None);
        return true;
    }

    private static void InsertAttempt(SqliteSession session, Placement placement, long poolEpoch, DateTimeOffset now) =>
        session.Sql("INSERT INTO attempts (job_id, number, agent, agent_epoch, pool_epoch, placed_at) VALUES (?, ?, ?, ?, ?, ?)")
            .With(placement.Job.Id).With(placement.Attempt.Number).With(placement.Agent).With(placement.AgentEpoch).With(poolEpoch).With(now).Run();

    /// <summary>Reserves room for the placements, agent by agent, and returns those of agents whose epoch stands and whose room suffices (I2).</summary>
    private static List<Placement> TakeRoom(SqliteSession session, IReadOnlyList<Placement> placements)
    {
        var held = new List<Placement>(placements.Count);
        foreach (var group in placements.GroupBy(placement => (placement.Agent, placement.AgentEpoch)))
        {
            var cpu = group.Sum(placement => placement.Job.Demand.CpuMilli);
            var memory = group.Sum(placement => placement.Job.Demand.MemoryBytes);
            if (session.Sql(
                        """
                        UPDATE agents SET reserved_cpu = reserved_cpu + ?1, reserved_memory = reserved_memory + ?2, reserved_attempts = reserved_attempts + ?3
                        WHERE id = ?4 AND epoch = ?5 AND live = 1
                          AND reserved_cpu + ?1 <= capacity_cpu AND reserved_memory + ?2 <= capacity_memory AND reserved_attempts + ?3 <= capacity_attempts
                        """)
                    .With(cpu).With(memory).With(group.Count()).With(group.Key.Agent).With(group.Key.AgentEpoch).Run() == 1)
                held.AddRange(group);
        }

        return held;
    }

    private static void GiveRoom(SqliteSession session, string agent, long cpu, long memory, int attempts) =>
        session.Sql("UPDATE agents SET reserved_cpu = reserved_cpu - ?, reserved_memory = reserved_memory - ?, reserved_attempts = reserved_attempts - ? WHERE id = ?")
            .With(cpu).With(memory).With(attempts).With(agent).Run();

    private const string QueuedColumns = "j.id, j.tenant, j.priority, j.cpu_milli, j.memory_bytes, j.attempt, j.max_attempts, j.version, j.submitted_at";

    private static QueuedJob Queued(Statement row) => new(
        row.Job(0), row.Text(1), row.Int32(2), new Demand(row.Int64(3), row.Int64(4)), row.Int32(5), row.Int32(6), row.Int64(7), row.Time(8));

    public Task<IReadOnlyList<QueuedJob>> QueuedAsync(IReadOnlyList<JobId> jobs, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<QueuedJob>>(
        session =>
        {
            var found = new List<QueuedJob>(jobs.Count);
            foreach (var job in jobs)
            {
                var row = session.Sql($"SELECT {QueuedColumns} FROM jobs j WHERE j.id = ? AND j.state = 1").With(job);
                if (row.Step())
                    found.Add(Queued(row));
                row.Reset();
            }

            return found;
        },
        cancellationToken);

    private static List<QueuedJob> QueuedIn(SqliteSession session, string pool)
    {
        var jobs = new List<QueuedJob>();
        var rows = session.Sql($"SELECT {QueuedColumns} FROM jobs j WHERE j.pool = ? AND j.state < 4 AND j.state = 1 ORDER BY j.id").With(pool);
        while (rows.Step())
            jobs.Add(Queued(rows));
        return jobs;
    }

    private static List<OpenAttempt> OpenIn(SqliteSession session, string pool)
    {
        var attempts = new List<OpenAttempt>();
        var rows = session.Sql(
                $"""
                 SELECT {QueuedColumns}, a.agent, a.agent_epoch, a.placed_at, j.state, j.cancel_requested, a.started_steps FROM jobs j JOIN attempts a ON a.job_id = j.id AND a.number = j.attempt
                 WHERE j.pool = ? AND j.state < 4 AND j.state IN (2, 3) AND a.verdict = 0 ORDER BY j.id
                 """)
            .With(pool);
        while (rows.Step())
        {
            var job = Queued(rows);
            attempts.Add(new OpenAttempt(
                new AttemptId(job.Id, job.Attempt), rows.Text(9), rows.Int64(10), job, rows.Time(11), rows.Int32(12) == (int)JobState.Running, rows.Bool(13), StartedSteps(rows.TextOrNull(14))));
        }

        return attempts;
    }

    private static List<AgentRow> AgentsIn(SqliteSession session, string pool)
    {
        var agents = new List<AgentRow>();
        var rows = session.Sql($"SELECT {AgentColumns} FROM agents WHERE pool = ? ORDER BY id").With(pool);
        while (rows.Step())
            agents.Add(Agent(rows));
        return agents;
    }
}
