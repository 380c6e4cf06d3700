using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    private const string InsertUsage =
        """
        INSERT INTO usage (job_id, attempt, step, tenant, agent, agent_epoch, sequence, verdict, attempt_verdict, billable, recorded_at, started_at, wall_ns, cpu_ns,
            cpu_user_ns, cpu_system_ns, throttled_periods, throttled_ns, memory_peak_bytes, memory_baseline_bytes, pids_peak, io_read_bytes, io_write_bytes,
            output_bytes, reserved_cpu_milli, reserved_memory_bytes, queue_wait_ns, overhead_cpu_ns, kernel, image,
            memory_samples, io_read_operations, io_write_operations, pressure, reserved_scratch_bytes, scratch_used_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;

    /// <summary>Who is billed, for which step and with what verdict comes from the job and the step result; the agent's word counts for the counters only.</summary>
    private static void AddUsage(SqliteSession session, AttemptEnding ending, OpenRow open, IReadOnlyList<StepResult> steps, DateTimeOffset now)
    {
        foreach (var step in steps)
        {
            if (step.Usage is not { } usage)
                continue;
            session.Sql(InsertUsage)
                .With(ending.Attempt.Job).With(ending.Attempt.Number).With(step.Index).With(open.Tenant).With(ending.Agent).With(usage.AgentEpoch).With(usage.Sequence)
                .With((int)step.Verdict).With((int)ending.Verdict).With(Bill.IsBillable(step.Verdict, ending.Verdict)).With(now).With(usage.StartedAt)
                .With(usage.WallNs).With(usage.CpuNs).With(usage.CpuUserNs).With(usage.CpuSystemNs).With(usage.ThrottledPeriods).With(usage.ThrottledNs)
                .With(usage.MemoryPeakBytes).With(usage.MemoryBaselineBytes).With(usage.PidsPeak).With(usage.IoReadBytes).With(usage.IoWriteBytes)
                .With(usage.OutputBytes).With((long)Math.Round(usage.ReservedCpus * 1000)).With(usage.ReservedMemoryBytes).With(usage.QueueWaitNs)
                .With(usage.OverheadCpuNs).With(usage.Kernel).With(usage.Image)
                .With(StoredJson.Write(usage.MemorySamples)).With(usage.IoReadOperations).With(usage.IoWriteOperations).With(StoredJson.Write(usage.Pressure))
                .With(usage.ReservedScratchBytes).With(usage.ScratchUsedBytes).Run();
        }
    }

    /// <summary>The host went down: a Lost row without usage for each step that is known to have started and of which no usage is reported.</summary>
    private static void AddLostUsage(SqliteSession session, AttemptEnding ending, OpenRow open, IReadOnlyList<StepResult> steps, DateTimeOffset now)
    {
        foreach (var step in open.Started.Where(index => !steps.Any(result => result.Index == index && result.Usage is not null)))
        {
            session.Sql(InsertUsage)
                .With(ending.Attempt.Job).With(ending.Attempt.Number).With(step).With(open.Tenant).With(ending.Agent).With(open.AgentEpoch).With((long?)null)
                .With((int)Verdict.Lost).With((int)ending.Verdict).With(false).With(now).With(open.StartedAt ?? now)
                .With(0).With(0).With((long?)null).With((long?)null).With((long?)null).With((long?)null)
                .With((long?)null).With((long?)null).With((long?)null).With((long?)null).With((long?)null)
                .With(0).With(open.Demand.CpuMilli).With(open.Demand.MemoryBytes).With(0)
                .With(0).With((string?)null).With("host")
                .With((string?)null).With((long?)null).With((long?)null).With((string?)null).With((long?)null).With((long?)null).Run();
        }
    }

    public Task<IReadOnlyList<TenantUsage>> SumAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken) => Readers.ReadConsistently<IReadOnlyList<TenantUsage>>(
        session =>
        {
            var sums = new SortedDictionary<string, TenantUsage>(StringComparer.Ordinal);
            TenantUsage Sum(string name) => sums.GetValueOrDefault(name) ?? new TenantUsage(name, 0, 0, 0, 0, 0, 0);
            var charges = session.Sql(
                    """
                    SELECT tenant, count(*), sum(total_nano) FROM charges
                    WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR ended_at >= ?2) AND (?3 IS NULL OR ended_at < ?3) GROUP BY tenant
                    """)
                .With(tenant).With(from).With(to);
            while (charges.Step())
                sums[charges.Text(0)] = Sum(charges.Text(0)) with { Jobs = charges.Int64(1), ChargeNano = charges.Int64(2) };
            // The product of memory and time leaves 64 bits quickly; seconds and nanoseconds are summed apart.
            var usage = session.Sql(
                    """
                    SELECT tenant, count(*), sum(billable), sum(iif(billable, cpu_ns, 0)),
                           sum(iif(billable, reserved_memory_bytes / 1024 * (wall_ns / 1000000000), 0)), sum(iif(billable, reserved_memory_bytes / 1024 * 1.0 * (wall_ns % 1000000000), 0))
                    FROM usage WHERE (?1 IS NULL OR tenant = ?1) AND (?2 IS NULL OR recorded_at >= ?2) AND (?3 IS NULL OR recorded_at < ?3) GROUP BY tenant
                    """)
                .With(tenant).With(from).With(to);
            while (usage.Step())
            {
                sums[usage.Text(0)] = Sum(usage.Text(0)) with
                {
                    Steps = usage.Int64(1),
                    BillableSteps = usage.Int64(2),
                    CpuNs = usage.Int64(3),
                    MemoryByteSeconds = (usage.Int64(4) * 1024m) + decimal.Floor(usage.Int64(5) / 1_000_000_000m * 1024m),
                };
            }

            return [.. sums.Values];
        },
        cancellationToken);

    public Task<IReadOnlyList<(long Place, UsageRow Row)>> RowsAsync(string? tenant, DateTimeOffset? from, DateTimeOffset? to, long after, int limit, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<(long, UsageRow)>>(
        session =>
        {
            var found = new List<(long, UsageRow)>();
            var rows = session.Sql(
                    """
                    SELECT id, job_id, attempt, step, tenant, agent, agent_epoch, sequence, verdict, billable, recorded_at, started_at, wall_ns, cpu_ns,
                        cpu_user_ns, cpu_system_ns, throttled_periods, throttled_ns, memory_peak_bytes, memory_baseline_bytes, pids_peak, io_read_bytes, io_write_bytes,
                        output_bytes, reserved_cpu_milli, reserved_memory_bytes, queue_wait_ns, overhead_cpu_ns, kernel, image,
                        memory_samples, io_read_operations, io_write_operations, pressure, reserved_scratch_bytes, scratch_used_bytes
                    FROM usage WHERE id > ?1 AND (?2 IS NULL OR tenant = ?2) AND (?3 IS NULL OR recorded_at >= ?3) AND (?4 IS NULL OR recorded_at < ?4) ORDER BY id LIMIT ?5
                    """)
                .With(after).With(tenant).With(from).With(to).With(limit);
            while (rows.Step())
                found.Add((rows.Int64(0), new UsageRow(Usage(rows), rows.Bool(9), rows.Time(10))));
            return found;
        },
        cancellationToken);

    private static UsageRecord Usage(Statement row) => new()
    {
        Attempt = new AttemptId(row.Job(1), row.Int32(2)),
        StepIndex = row.Int32(3),
        Tenant = row.Text(4),
        Agent = row.Text(5),
        AgentEpoch = row.Int64(6),
        Sequence = row.Int64(7),
        Verdict = (Verdict)row.Int32(8),
        StartedAt = row.Time(11),
        WallNs = row.Int64(12),
        CpuNs = row.Int64(13),
        CpuUserNs = row.Int64OrNull(14),
        CpuSystemNs = row.Int64OrNull(15),
        ThrottledPeriods = row.Int64OrNull(16),
        ThrottledNs = row.Int64OrNull(17),
        MemoryPeakBytes = row.Int64OrNull(18),
        MemoryBaselineBytes = row.Int64OrNull(19),
        PidsPeak = row.Int64OrNull(20),
        IoReadBytes = row.Int64OrNull(21),
        IoWriteBytes = row.Int64OrNull(22),
        OutputBytes = row.Int64(23),
        ReservedCpus = row.Int64(24) / 1000.0,
        ReservedMemoryBytes = row.Int64(25),
        QueueWaitNs = row.Int64(26),
        OverheadCpuNs = row.Int64(27),
        Kernel = row.TextOrNull(28),
        Image = row.Text(29),
        MemorySamples = StoredJson.Samples(row.TextOrNull(30)),
        IoReadOperations = row.Int64OrNull(31),
        IoWriteOperations = row.Int64OrNull(32),
        Pressure = StoredJson.Pressure(row.TextOrNull(33)),
        ReservedScratchBytes = row.Int64OrNull(34),
        ScratchUsedBytes = row.Int64OrNull(35),
    };
}
