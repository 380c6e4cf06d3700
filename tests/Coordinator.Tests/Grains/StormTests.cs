using Corral.Coordinator.Application;
using Corral.Coordinator.Storage.Sqlite;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Grains;

public sealed class StormTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Random verdicts, lost orders, repeated and reordered reports, restarting agents and a pool taken by others meanwhile: the invariants hold, and every job ends once.</summary>
    [Fact]
    public async Task Whatever_gets_lost_or_repeated_every_job_ends_once_and_the_ledger_closes()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var gate = new Lock();
        int Roll(int below)
        {
            lock (gate)
                return random.Next(below);
        }

        await using var host = await CoordinatorHost.StartAsync(options => options.ResendAfter = TimeSpan.FromMilliseconds(100));
        var agents = new List<FakeAgent>();
        for (var i = 0; i < 3; i++)
        {
            var agent = await host.AgentAsync($"a{i}", cpus: 2 + i, attempts: 6);
            agents.Add(agent);
            agent.OnOrder = order => Roll(10) switch
            {
                0 => null,
                1 => agent.Report(order, Verdict.SandboxBroke),
                2 => agent.Report(order, Verdict.NonZeroExit),
                _ => agent.Report(order, cpuNs: Roll(1_000_000), wallNs: Roll(1_000_000)),
            };
        }

        var ids = new List<JobId>();
        for (var batch = 0; batch < 12; batch++)
        {
            ids.AddRange(await host.SubmitAsync([.. Enumerable.Range(0, 25).Select(_ =>
                CoordinatorHost.Spec($"t{batch % 3}", cpus: (1 + Roll(8)) * 0.25, maxAttempts: 10, priority: Roll(3), steps: 1 + Roll(2)))]));
            if (batch % 4 == 3)
                await host.Store.TakePoolAsync("default");
            if (batch % 5 == 4)
                await agents[Roll(3)].StartAsync(cpus: 2, attempts: 6);
            foreach (var agent in agents)
                await agent.RenewAsync();
        }

        // Renewals bring the lost orders back; what must end, ends.
        var ending = Task.WhenAll(ids.Select(host.EndAsync));
        using var renew = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!ending.IsCompleted && await renew.WaitForNextTickAsync(Cancel))
        {
            foreach (var agent in agents)
                await agent.RenewAsync();
        }

        var views = await ending;
        var usage = await host.Get<IUsage>().SumAsync(null, null, null, Cancel);
        Assert.True(views.Sum(view => view.Receipt!.TotalNano) == usage.Sum(sum => sum.ChargeNano), $"Seed {seed}.");
        Assert.Equal(ids.Count, usage.Sum(sum => sum.Jobs));
        using var session = new SqliteSession(Path.Combine(host.State, "corral.db"), readOnly: true);
        foreach (var (invariant, sql) in s_violations)
            Assert.True(session.Scalar(sql) == 0, $"{invariant} is broken, seed {seed}: {sql}");
    }

    private static readonly (string Invariant, string CountOfViolations)[] s_violations =
    [
        ("I1 numbers rise without gaps", "SELECT count(*) FROM jobs j WHERE attempt <> (SELECT count(*) FROM attempts a WHERE a.job_id = j.id) OR attempt <> (SELECT max(number) FROM attempts a WHERE a.job_id = j.id)"),
        ("I1 nothing is open", "SELECT count(*) FROM attempts WHERE verdict = 0"),
        ("I2 all room came back", "SELECT count(*) FROM agents WHERE reserved_cpu <> 0 OR reserved_memory <> 0 OR reserved_attempts <> 0"),
        ("I3 a row for each step of each reported attempt", "SELECT count(*) FROM attempts a JOIN jobs j ON j.id = a.job_id WHERE a.reported = 1 AND j.step_count <> (SELECT count(*) FROM usage u WHERE u.job_id = a.job_id AND u.attempt = a.number)"),
        ("I3 no step is billed twice", "SELECT count(*) FROM (SELECT 1 FROM usage WHERE billable GROUP BY job_id, step HAVING count(*) > 1)"),
        ("I4 every job has ended and was charged", "SELECT count(*) FROM jobs j WHERE state <> 4 OR NOT EXISTS (SELECT 1 FROM charges c WHERE c.job_id = j.id AND c.total_nano = j.charge_nano)"),
        ("events are numbered without gaps", "SELECT count(*) FROM jobs j WHERE version <> (SELECT count(*) FROM events e WHERE e.job_id = j.id)"),
        ("no tenant has jobs queued", "SELECT count(*) FROM tenants WHERE queued <> 0"),
    ];
}
