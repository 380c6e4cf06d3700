using Corral.Coordinator.Application;
using Corral.Coordinator.Billing;
using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;

namespace Corral.Storage.Tests;

/// <summary>What every store must do. A class for each store derives from it and opens that store.</summary>
public abstract partial class JobStoreContract
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract Task<TestStore> OpenAsync();

    [Fact]
    public async Task A_submitted_job_is_there_after_a_restart()
    {
        await using var store = await OpenAsync();
        var job = (await store.SubmitAsync(TestStore.Job(steps: 2, labels: new() { ["team"] = "blue" }))).Single();
        await store.ReopenAsync();
        var view = await store.Jobs.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Queued, 1L, TestStore.Now), (view!.State, view.Version, view.SubmittedAt));
        Assert.Equal(StoredJson.Write(job.Spec), StoredJson.Write(view.Spec));
        Assert.Equal(JobEventKind.Queued, Assert.Single(await store.Jobs.EventsAsync(job.Id, 0, Cancel)).Kind);
    }

    [Fact]
    public async Task The_same_key_and_body_gets_the_first_answer_and_stores_nothing()
    {
        await using var store = await OpenAsync();
        var key = new SubmissionKey("k", [1, 2, 3], TestStore.Now.AddHours(24));
        var first = (SubmitOutcome.Accepted)(await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now, key))).Outcome;
        var again = (SubmitOutcome.Accepted)(await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now.AddHours(23), key))).Outcome;
        Assert.Equal((first.Jobs.Single(), first.SubmittedAt, false), (again.Jobs.Single(), again.SubmittedAt, first.Replayed));
        Assert.True(again.Replayed);
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused_until_the_key_is_forgotten()
    {
        await using var store = await OpenAsync();
        await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now, new SubmissionKey("k", [1], TestStore.Now.AddHours(24))));
        var other = new SubmissionKey("k", [2], TestStore.Now.AddHours(60));
        Assert.IsType<SubmitOutcome.KeyReused>((await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now.AddHours(1), other))).Outcome);
        Assert.IsType<SubmitOutcome.Accepted>((await store.Jobs.SubmitAsync(new Submission("t2", [TestStore.Job("t2")], 100, TestStore.Now.AddHours(1), other))).Outcome);
        Assert.IsType<SubmitOutcome.Accepted>((await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now.AddHours(25), other))).Outcome);
    }

    [Fact]
    public async Task Submits_that_race_with_one_key_make_one_job()
    {
        await using var store = await OpenAsync();
        var key = new SubmissionKey("k", [7], TestStore.Now.AddHours(24));
        var commits = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(
            () => store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now, key)), Cancel)));
        Assert.Single(commits.Select(commit => ((SubmitOutcome.Accepted)commit.Outcome).Jobs.Single()).Distinct());
        Assert.Single(commits, commit => !((SubmitOutcome.Accepted)commit.Outcome).Replayed);
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task A_tenant_cannot_have_more_queued_than_its_quota_however_many_race()
    {
        await using var store = await OpenAsync();
        var commits = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(
            () => store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job(), TestStore.Job()], 25, TestStore.Now)), Cancel)));
        Assert.Equal(12, commits.Count(commit => commit.Outcome is SubmitOutcome.Accepted));
        var refused = commits.Select(commit => commit.Outcome).OfType<SubmitOutcome.QuotaExceeded>().First();
        Assert.Equal((24L, 25L), (refused.Queued, refused.Limit));
        Assert.Equal(24, store.Scalar("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task A_job_can_be_placed_in_the_transaction_that_stores_it()
    {
        await using var store = await OpenAsync();
        var agent = await store.AgentAsync(cpus: 1);
        var epoch = (await store.Jobs.TakePoolAsync("default")).Epoch;
        var (fits, waits) = (TestStore.Job(), TestStore.Job());
        Placement On(NewJob job, long agentEpoch) => new(TestStore.Queued(job), agent.Id, agentEpoch);

        var commit = await store.Jobs.SubmitAsync(new Submission("t1", [fits, waits], 100, TestStore.Now, null, new FirstPlacements("default", epoch, [On(fits, agent.Epoch), On(waits, agent.Epoch - 1)])));

        Assert.Equal([fits.Id], commit.Placed!);
        Assert.Equal((JobState.Placed, 1), ((await store.Jobs.JobAsync(fits.Id, Cancel))!.State, (await store.Jobs.JobAsync(fits.Id, Cancel))!.Attempts.Count));
        Assert.Equal(JobState.Queued, (await store.Jobs.JobAsync(waits.Id, Cancel))!.State);
        Assert.Equal([JobEventKind.Queued, JobEventKind.Placed], (await store.Jobs.EventsAsync(fits.Id, 0, Cancel)).Select(happened => happened.Kind));
        Assert.Equal(1, store.Scalar("SELECT queued FROM tenants"));
    }

    [Fact]
    public async Task A_pool_that_was_taken_again_stores_nothing_for_its_old_holder()
    {
        await using var store = await OpenAsync();
        var old = (await store.Jobs.TakePoolAsync("default")).Epoch;
        Assert.Equal(old + 1, (await store.Jobs.TakePoolAsync("default")).Epoch);
        var commit = await store.Jobs.SubmitAsync(new Submission("t1", [TestStore.Job()], 100, TestStore.Now, null, new FirstPlacements("default", old, [])));
        Assert.Null(commit.Placed);
        Assert.Equal(0, store.Scalar("SELECT count(*) FROM jobs"));

        var agent = await store.AgentAsync();
        var job = (await store.SubmitAsync(TestStore.Job())).Single();
        Assert.False((await store.Jobs.PlaceAsync("default", old, [new Placement(TestStore.Queued(job), agent.Id, agent.Epoch)], TestStore.Now)).EpochHeld);
        Assert.Equal(0, store.Scalar("SELECT count(*) FROM attempts"));
    }

    [Fact]
    public async Task One_loser_in_a_batch_of_placements_fails_alone()
    {
        await using var store = await OpenAsync();
        var (small, large) = (await store.AgentAsync("small", cpus: 1), await store.AgentAsync("large", cpus: 8));
        var epoch = (await store.Jobs.TakePoolAsync("default")).Epoch;
        var jobs = await store.SubmitAsync([.. Enumerable.Range(0, 5).Select(_ => TestStore.Job())]);
        await store.Jobs.CancelAsync(jobs[0].Id, TestStore.Now);

        var commit = await store.Jobs.PlaceAsync("default", epoch,
        [
            new Placement(TestStore.Queued(jobs[0]), large.Id, large.Epoch),     // cancelled meanwhile
            new Placement(TestStore.Queued(jobs[1]), large.Id, large.Epoch),     // stands
            new Placement(TestStore.Queued(jobs[2], version: 9), large.Id, large.Epoch), // another version
            new Placement(TestStore.Queued(jobs[3]), small.Id, small.Epoch),     // two jobs on an agent with room for one:
            new Placement(TestStore.Queued(jobs[4]), small.Id, small.Epoch),     // both lose
        ], TestStore.Now);

        Assert.True(commit.EpochHeld);
        Assert.Equal([jobs[1].Id], commit.Placed);
        Assert.Equal([1000, 0], new[] { store.Scalar("SELECT reserved_cpu FROM agents WHERE id = 'large'"), store.Scalar("SELECT reserved_cpu FROM agents WHERE id = 'small'") });
        Assert.Equal(3, store.Scalar("SELECT queued FROM tenants"));
        Assert.Equal(3, (await store.Jobs.QueuedAsync([.. jobs.Select(job => job.Id)], Cancel)).Count);
    }

    [Fact]
    public async Task Placements_that_race_never_reserve_more_than_an_agent_has()
    {
        await using var store = await OpenAsync();
        var agent = await store.AgentAsync(cpus: 3);
        var epoch = (await store.Jobs.TakePoolAsync("default")).Epoch;
        var jobs = await store.SubmitAsync([.. Enumerable.Range(0, 20).Select(_ => TestStore.Job())]);
        var commits = await Task.WhenAll(jobs.Concat(jobs).Select(job => Task.Run(
            () => store.Jobs.PlaceAsync("default", epoch, [new Placement(TestStore.Queued(job), agent.Id, agent.Epoch)], TestStore.Now), Cancel)));
        Assert.Equal(3, commits.Sum(commit => commit.Placed.Count));
        Assert.Equal(3000, store.Scalar("SELECT reserved_cpu FROM agents"));
        Assert.Equal(3, store.Scalar("SELECT count(*) FROM attempts"));
    }

    [Fact]
    public async Task An_end_commits_attempt_usage_charge_room_and_event_together()
    {
        await using var store = await OpenAsync();
        var (job, _, _) = await store.PlacedAsync(steps: 2);
        var commit = await store.EndAsync(TestStore.Report(job));
        Assert.Equal((EndKind.Ended, 4L, Verdict.Succeeded), (commit.Kind, commit.Version, commit.Verdict));

        var view = (await store.Jobs.JobAsync(job.Id, Cancel))!;
        Assert.Equal((JobState.Ended, Verdict.Succeeded, 2), (view.State, view.Verdict, view.Steps.Count));
        Assert.Equal(view.Receipt!.TotalNano, store.Scalar("SELECT total_nano FROM charges"));
        Assert.Equal(view.Receipt.TotalNano, Bill.Of(view.Steps, 1, Verdict.Succeeded, RateCard.BuiltIn).TotalNano);
        Assert.Equal(0, store.Scalar("SELECT reserved_cpu + reserved_memory + reserved_attempts FROM agents"));
        Assert.Equal([1L, 2L, 3L, 4L], (await store.Jobs.EventsAsync(job.Id, 0, Cancel)).Select(happened => happened.Id!.Value));
        var rows = await store.Ledger.RowsAsync("t1", null, null, 0, 10, Cancel);
        Assert.Equal([0, 1], rows.Select(row => row.Row.Usage.StepIndex));
        Assert.Equal(view.Steps.Select(step => step.Usage), rows.Select(row => row.Row.Usage));
        Assert.Equal((1_000_000L, 400L, null, 3L), (rows[0].Row.Usage.CpuNs, rows[0].Row.Usage.CpuUserNs, rows[0].Row.Usage.MemoryPeakBytes, rows[0].Row.Usage.PidsPeak));
    }

    [Fact]
    public async Task A_repeated_report_adds_nothing()
    {
        await using var store = await OpenAsync();
        var (job, _, _) = await store.PlacedAsync();
        await store.EndAsync(TestStore.Report(job));
        await store.ReopenAsync();
        Assert.Equal(EndKind.Repeated, (await store.EndAsync(TestStore.Report(job))).Kind);
        var both = await store.Jobs.EndAsync([TestStore.Report(job), TestStore.Report(job, number: 2)], TestStore.Now);
        Assert.Equal([EndKind.Repeated, EndKind.Late], both.Select(commit => commit.Kind));
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM usage"));
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM charges"));
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM late_reports"));
    }

    [Fact]
    public async Task A_report_twice_in_one_message_is_one_end()
    {
        await using var store = await OpenAsync();
        var (job, _, _) = await store.PlacedAsync();
        var commits = await store.Jobs.EndAsync([TestStore.Report(job), TestStore.Report(job)], TestStore.Now);
        Assert.Equal([EndKind.Ended, EndKind.Repeated], commits.Select(commit => commit.Kind));
        Assert.Equal(0, store.Scalar("SELECT reserved_attempts FROM agents"));
    }

    [Fact]
    public async Task A_lost_attempt_is_queued_again_until_it_was_tried_often_enough()
    {
        await using var store = await OpenAsync();
        var (job, agent, epoch) = await store.PlacedAsync(maxAttempts: 2);
        await store.Jobs.StartAsync([new AttemptStart(new AttemptId(job.Id, 1), agent.Id, [0], TestStore.Now)]);
        Assert.Equal((EndKind.Requeued, 4L), ((await store.EndAsync(TestStore.GivenUp(job))) is var first ? (first.Kind, first.Version) : default));
        Assert.Equal(1, store.Scalar("SELECT queued FROM tenants"));

        var queued = Assert.Single((await store.Jobs.TakePoolAsync("default")).Queued);
        Assert.Equal((1, 4L), (queued.Attempt, queued.Version));
        Assert.Single((await store.Jobs.PlaceAsync("default", epoch + 1, [new Placement(queued, agent.Id, agent.Epoch)], TestStore.Now)).Placed);
        var end = await store.EndAsync(TestStore.GivenUp(job, 2));
        Assert.Equal((EndKind.Ended, Verdict.Lost), (end.Kind, end.Verdict));

        var view = (await store.Jobs.JobAsync(job.Id, Cancel))!;
        Assert.Equal([1, 2], view.Attempts.Select(attempt => attempt.Number));
        Assert.Equal(0, view.Receipt!.TotalNano);
        // The first attempt had started a step, the second none: one Lost row without usage.
        var row = Assert.Single(await store.Ledger.RowsAsync(null, null, null, 0, 10, Cancel)).Row;
        Assert.Equal((Verdict.Lost, false, 0L), (row.Usage.Verdict, row.Billable, row.Usage.CpuNs));
    }

    [Fact]
    public async Task A_report_of_a_fenced_attempt_is_kept_as_evidence_once_and_not_billed()
    {
        await using var store = await OpenAsync();
        var (job, agent, _) = await store.PlacedAsync();
        await store.EndAsync(TestStore.GivenUp(job));
        Assert.Equal(EndKind.Late, (await store.EndAsync(TestStore.Report(job))).Kind);
        Assert.Equal(EndKind.Repeated, (await store.EndAsync(TestStore.Report(job))).Kind);
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM late_reports"));
        Assert.Equal(0, store.Scalar("SELECT count(*) FROM charges"));
        Assert.Equal([new AttemptId(job.Id, 1)], await store.Jobs.FencedAsync(agent.Id, [new AttemptId(job.Id, 1)], Cancel));
    }

    [Fact]
    public async Task What_our_fault_broke_is_not_billed_and_neither_are_the_steps_before_it()
    {
        await using var store = await OpenAsync();
        var (job, _, _) = await store.PlacedAsync(maxAttempts: 1, steps: 2);
        var report = TestStore.Report(job, verdict: Verdict.Succeeded);
        var steps = report.Steps!.Select((step, i) => i == 0 ? step : step with { Verdict = Verdict.SandboxBroke }).ToList();
        var end = await store.EndAsync(report with { Verdict = Verdict.SandboxBroke, Steps = steps });
        Assert.Equal((EndKind.Ended, Verdict.SandboxBroke), (end.Kind, end.Verdict));
        Assert.Equal(0, store.Scalar("SELECT total_nano FROM charges"));
        Assert.Equal([0, 2], new[] { store.Scalar("SELECT sum(billable) FROM usage"), store.Scalar("SELECT count(*) FROM usage") });
    }

    [Fact]
    public async Task Cancelling_ends_a_queued_job_and_notes_it_on_a_placed_one()
    {
        await using var store = await OpenAsync();
        var waits = (await store.SubmitAsync(TestStore.Job())).Single();
        Assert.Equal(CancelOutcome.Cancelled, (await store.Jobs.CancelAsync(waits.Id, TestStore.Now)).Outcome);
        Assert.Equal(CancelOutcome.AlreadyEnded, (await store.Jobs.CancelAsync(waits.Id, TestStore.Now)).Outcome);
        Assert.Equal(CancelOutcome.NotFound, (await store.Jobs.CancelAsync(TestStore.Job().Id, TestStore.Now)).Outcome);
        Assert.Equal((Verdict.Cancelled, 0L), ((await store.Jobs.JobAsync(waits.Id, Cancel))!.Verdict, (await store.Jobs.JobAsync(waits.Id, Cancel))!.Receipt!.TotalNano));

        var (job, agent, _) = await store.PlacedAsync();
        var commit = await store.Jobs.CancelAsync(job.Id, TestStore.Now);
        Assert.Equal((CancelOutcome.Requested, new AttemptId(job.Id, 1), agent.Id), (commit.Outcome, commit.Attempt, commit.Agent));
        // The agent vanishes before it can obey: the job is not tried again.
        var end = await store.EndAsync(TestStore.GivenUp(job));
        Assert.Equal((EndKind.Ended, Verdict.Cancelled), (end.Kind, end.Verdict));
        Assert.Equal(0, store.Scalar("SELECT queued FROM tenants"));
    }

    [Fact]
    public async Task A_cancel_and_a_placement_that_race_agree()
    {
        await using var store = await OpenAsync();
        var agent = await store.AgentAsync(cpus: 100);
        var epoch = (await store.Jobs.TakePoolAsync("default")).Epoch;
        var jobs = await store.SubmitAsync([.. Enumerable.Range(0, 40).Select(_ => TestStore.Job())]);
        var races = await Task.WhenAll(jobs.Select(async job =>
        {
            var cancel = Task.Run(() => store.Jobs.CancelAsync(job.Id, TestStore.Now), Cancel);
            var place = await store.Jobs.PlaceAsync("default", epoch, [new Placement(TestStore.Queued(job), agent.Id, agent.Epoch)], TestStore.Now);
            return (Cancelled: (await cancel).Outcome, Placed: place.Placed.Count == 1);
        }));
        Assert.All(races, race => Assert.Equal(race.Placed ? CancelOutcome.Requested : CancelOutcome.Cancelled, race.Cancelled));
        Assert.Equal(1000 * races.Count(race => race.Placed), store.Scalar("SELECT reserved_cpu FROM agents"));
    }

    [Fact]
    public async Task A_lease_is_renewed_and_ended_under_its_epoch_only()
    {
        await using var store = await OpenAsync();
        var agent = await store.AgentAsync();
        Assert.True(await store.Jobs.RenewAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(10)));
        Assert.False(await store.Jobs.ExpireAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(9)));
        Assert.True(await store.Jobs.ExpireAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(11)));
        Assert.False(await store.Jobs.RenewAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(20)));
        Assert.False(await store.Jobs.ExpireAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(30)));
        var again = await store.AgentAsync();
        Assert.True(again.Epoch > agent.Epoch + 1);
        Assert.False(await store.Jobs.RenewAsync(agent.Id, agent.Epoch, TestStore.Now.AddSeconds(20)));
    }

    [Fact]
    public async Task An_agent_that_comes_back_smaller_keeps_room_for_what_it_runs()
    {
        await using var store = await OpenAsync();
        await store.PlacedAsync();
        var row = await store.AgentAsync(cpus: 0.5);
        Assert.Equal(1000, row.Capacity.CpuMilli);
    }

    [Fact]
    public async Task A_pool_is_rebuilt_from_the_store_after_a_restart()
    {
        await using var store = await OpenAsync();
        var (placed, agent, _) = await store.PlacedAsync();
        var queued = await store.SubmitAsync(TestStore.Job(priority: 1), TestStore.Job());
        await store.SubmitAsync(TestStore.Job(pool: "other"));
        await store.ReopenAsync();
        Assert.Equal(["default", "other"], await store.Jobs.PoolsAsync(Cancel));
        var snapshot = await store.Jobs.TakePoolAsync("default");
        Assert.Equal(queued.Select(job => job.Id), snapshot.Queued.Select(job => job.Id));
        var open = Assert.Single(snapshot.Open);
        Assert.Equal((new AttemptId(placed.Id, 1), agent.Id, agent.Epoch, false), (open.Attempt, open.Agent, open.AgentEpoch, open.Running));
        Assert.Equal((agent.Id, agent.Capacity, true), (snapshot.Agents.Single().Id, snapshot.Agents.Single().Capacity, snapshot.Agents.Single().Live));
    }

    [Fact]
    public async Task Pages_are_newest_first_without_gaps_or_repeats_and_filters_hold()
    {
        await using var store = await OpenAsync();
        var jobs = new List<NewJob>();
        for (var i = 0; i < 25; i++)
            jobs.AddRange(await store.SubmitAsync(TestStore.Job(i % 2 == 0 ? "t1" : "t2", labels: new() { ["n"] = (i % 5).ToString(System.Globalization.CultureInfo.InvariantCulture) })));
        var seen = new List<JobId>();
        for (JobId? before = null; ;)
        {
            var page = await store.Jobs.JobsAsync(new JobFilter(), before, 7, Cancel);
            seen.AddRange(page.Select(job => job.Id));
            if (page.Count < 7)
                break;
            before = page[^1].Id;
        }

        Assert.Equal(jobs.Select(job => job.Id).Reverse(), seen);
        Assert.Equal(12, (await store.Jobs.JobsAsync(new JobFilter(Tenant: "t2"), null, 100, Cancel)).Count);
        Assert.Equal(5, (await store.Jobs.JobsAsync(new JobFilter(Label: new("n", "3")), null, 100, Cancel)).Count);
        Assert.Empty(await store.Jobs.JobsAsync(new JobFilter(Label: new("m", "3")), null, 100, Cancel));
        await store.Jobs.CancelAsync(jobs[4].Id, TestStore.Now);
        Assert.Equal(jobs[4].Id, Assert.Single(await store.Jobs.JobsAsync(new JobFilter(Verdict: Verdict.Cancelled, State: JobState.Ended), null, 100, Cancel)).Id);
        Assert.Empty(await store.Jobs.JobsAsync(new JobFilter(Pool: "elsewhere"), null, 100, Cancel));
        Assert.Empty(await store.Jobs.JobsAsync(new JobFilter(To: TestStore.Now), null, 100, Cancel));
    }

    [Theory]
    [InlineData("INSERT INTO usage (job_id, attempt, step, tenant, agent, agent_epoch, verdict, attempt_verdict, billable, recorded_at, started_at, wall_ns, cpu_ns, output_bytes, reserved_cpu_milli, reserved_memory_bytes, queue_wait_ns, overhead_cpu_ns, image) SELECT job_id, attempt, step, tenant, agent, agent_epoch, verdict, attempt_verdict, billable, recorded_at, started_at, wall_ns, cpu_ns, output_bytes, reserved_cpu_milli, reserved_memory_bytes, queue_wait_ns, overhead_cpu_ns, image FROM usage", "UNIQUE constraint failed: usage.job_id, usage.attempt, usage.step")]
    [InlineData("UPDATE usage SET cpu_ns = 0", "the ledger is append-only")]
    [InlineData("DELETE FROM usage", "the ledger is append-only")]
    [InlineData("UPDATE charges SET total_nano = 0", "the ledger is append-only")]
    [InlineData("DELETE FROM charges", "the ledger is append-only")]
    [InlineData("UPDATE jobs SET state = 1, verdict = 0, ended_at = NULL, charge_nano = NULL", "the job has ended")]
    [InlineData("UPDATE agents SET reserved_cpu = capacity_cpu + 1", "CHECK constraint failed: reserved_cpu BETWEEN 0 AND capacity_cpu")]
    [InlineData("UPDATE agents SET reserved_attempts = -1", "CHECK constraint failed: reserved_attempts BETWEEN 0 AND capacity_attempts")]
    [InlineData("INSERT INTO attempts (job_id, number, agent, agent_epoch, pool_epoch, placed_at) SELECT job_id, 1, agent, 1, 1, 1 FROM attempts", "UNIQUE constraint failed: attempts.job_id, attempts.number")]
    [InlineData("INSERT INTO attempts (job_id, number, agent, agent_epoch, pool_epoch, placed_at) SELECT job_id, n, agent, 1, 1, 1 FROM attempts, (SELECT 2 AS n UNION SELECT 3)", "UNIQUE constraint failed: attempts.job_id (SQLite")]
    [InlineData("UPDATE tenants SET queued = -1", "CHECK constraint failed: queued >= 0")]
    public async Task The_database_itself_refuses_what_an_invariant_forbids(string sql, string reason)
    {
        await using var store = await OpenAsync();
        var (job, _, _) = await store.PlacedAsync();
        await store.EndAsync(TestStore.Report(job));
        Assert.Contains($"failed: {reason}", store.Execute(sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_breaks_a_constraint_fails_alone()
    {
        await using var store = await OpenAsync();
        var job = TestStore.Job();
        await store.SubmitAsync(job);
        var others = Enumerable.Range(0, 20).Select(_ => store.SubmitAsync(TestStore.Job())).ToList();
        var twice = store.SubmitAsync(job);
        others.AddRange(Enumerable.Range(0, 20).Select(_ => store.SubmitAsync(TestStore.Job())));
        var error = await Assert.ThrowsAsync<StorageException>(() => twice);
        Assert.Equal((StorageFault.Constraint, false), (error.Fault, error.IsTransient));
        await Task.WhenAll(others);
        Assert.Equal(41, store.Scalar("SELECT count(*) FROM jobs"));
        Assert.Equal(41, store.Scalar("SELECT queued FROM tenants"));
    }
}
