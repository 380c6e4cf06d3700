using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    private const string AgentColumns = "id, epoch, live, lease_until, capacity_cpu, capacity_memory, capacity_attempts";

    public Task<AgentTerm> RegisterAsync(AgentStarted started, DateTimeOffset leaseUntil, DateTimeOffset now) => Writer.Write(session =>
    {
        var before = session.Sql("SELECT pool FROM agents WHERE id = ?").With(started.AgentId);
        var pool = before.Step() ? before.Text(0) : null;
        before.Reset();
        var capacity = started.Capacity;
        // A host that came back smaller still owes room to what runs on it: the row follows its new size as soon as that room is free.
        session.Sql(
                """
                INSERT INTO agents (id, pool, epoch, live, lease_until, capacity_cpu, capacity_memory, capacity_attempts, labels, kernel, cgroup_mode, version, registered_at)
                VALUES (?1, ?2, 1, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                ON CONFLICT (id) DO UPDATE SET pool = ?2, epoch = epoch + 1, live = 1, lease_until = ?3,
                    capacity_cpu = max(?4, reserved_cpu), capacity_memory = max(?5, reserved_memory), capacity_attempts = max(?6, reserved_attempts),
                    labels = ?7, kernel = ?8, cgroup_mode = ?9, version = ?10, registered_at = ?11
                """)
            .With(started.AgentId).With(started.Pool).With(leaseUntil).With((long)(capacity.Cpus * 1000)).With(capacity.MemoryBytes).With(capacity.MaxAttempts)
            .With(StoredJson.Write(started.Labels)).With(started.Kernel).With(started.CgroupMode).With(started.Version).With(now).Run();
        var row = session.Sql($"SELECT {AgentColumns} FROM agents WHERE id = ?").With(started.AgentId);
        row.Step();
        var agent = Agent(row);
        row.Reset();
        return new AgentTerm(agent.Epoch, pool is not null && pool != started.Pool ? pool : null, agent);
    });

    public Task<bool> RenewAsync(string agent, long epoch, DateTimeOffset leaseUntil) => Writer.Write(session =>
        session.Sql("UPDATE agents SET lease_until = max(lease_until, ?) WHERE id = ? AND epoch = ? AND live = 1").With(leaseUntil).With(agent).With(epoch).Run() == 1);

    public Task<bool> ExpireAsync(string agent, long epoch, DateTimeOffset now) => Writer.Write(session =>
        session.Sql("UPDATE agents SET live = 0, epoch = epoch + 1 WHERE id = ? AND epoch = ? AND live = 1 AND lease_until <= ?").With(agent).With(epoch).With(now).Run() == 1);

    public Task<AgentView?> AgentAsync(string agent, CancellationToken cancellationToken) => Readers.Read(
        session =>
        {
            var row = session.Sql($"{SelectAgentViews} WHERE id = ?").With(agent);
            var view = row.Step() ? View(row) : null;
            row.Reset();
            return view;
        },
        cancellationToken);

    public Task<IReadOnlyList<AgentView>> AgentsAsync(string? pool, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<AgentView>>(
        session =>
        {
            var agents = new List<AgentView>();
            var rows = session.Sql($"{SelectAgentViews} WHERE ?1 IS NULL OR pool = ?1 ORDER BY id").With(pool);
            while (rows.Step())
                agents.Add(View(rows));
            return agents;
        },
        cancellationToken);

    public Task<IReadOnlyList<AttemptId>> FencedAsync(string agent, IReadOnlyList<AttemptId> held, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<AttemptId>>(
        session => held.Where(attempt => !IsAgents(session, agent, attempt)).ToList(), cancellationToken);

    private static bool IsAgents(SqliteSession session, string agent, AttemptId attempt)
    {
        var row = session.Sql("SELECT 1 FROM attempts WHERE job_id = ? AND number = ? AND agent = ? AND (verdict = 0 OR reported = 1)")
            .With(attempt.Job).With(attempt.Number).With(agent);
        var found = row.Step();
        row.Reset();
        return found;
    }

    private static AgentRow Agent(Statement row) => new(
        row.Text(0), row.Int64(1), row.Bool(2), row.Time(3), new Demand(row.Int64(4), row.Int64(5)), row.Int32(6));

    private const string SelectAgentViews =
        """
        SELECT id, pool, live, epoch, lease_until, capacity_cpu, capacity_memory, capacity_attempts, reserved_cpu, reserved_memory, reserved_attempts,
               labels, kernel, cgroup_mode, version, registered_at FROM agents
        """;

    private static AgentView View(Statement row) => new(
        row.Text(0), row.Text(1), row.Bool(2), row.Int64(3), row.Time(4),
        new AgentCapacity(row.Int64(5) / 1000.0, row.Int64(6), row.Int32(7)), row.Int64(8) / 1000.0, row.Int64(9), row.Int32(10),
        StoredJson.Labels(row.Text(11)), row.Text(12), row.Text(13), row.Text(14), row.Time(15));
}
