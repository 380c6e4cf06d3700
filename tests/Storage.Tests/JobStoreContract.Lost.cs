using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;

namespace Corral.Storage.Tests;

/// <summary>Attempts that went down with their host.</summary>
public abstract partial class JobStoreContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_lost_step_has_one_row_of_usage_however_often_its_report_comes(int maxAttempts)
    {
        await using var store = await OpenAsync();
        var (job, agent, _) = await store.PlacedAsync(maxAttempts, steps: 3);
        await store.Jobs.StartAsync([new AttemptStart(new AttemptId(job.Id, 1), agent.Id, [0, 1], TestStore.Now)]);
        // The first step was measured, the second was running when the host went down, the third had not begun.
        var steps = TestStore.Report(job).Steps!;
        var report = TestStore.Report(job, verdict: Verdict.Lost) with { Steps = [steps[0], .. steps.Skip(1).Select(step => step with { State = StepState.Skipped, Verdict = Verdict.None, Usage = null })] };

        var both = await store.Jobs.EndAsync([report, report], TestStore.Now);
        await store.ReopenAsync();
        var again = await store.EndAsync(report);

        Assert.Equal([maxAttempts == 1 ? EndKind.Ended : EndKind.Requeued, EndKind.Repeated, EndKind.Repeated], both.Append(again).Select(commit => commit.Kind));
        var rows = (await store.Ledger.RowsAsync(null, null, null, 0, 10, Cancel)).Select(row => row.Row).ToList();
        Assert.Equal([(0, Verdict.Succeeded, false, 1_000_000L), (1, Verdict.Lost, false, 0L)], rows.Select(row => (row.Usage.StepIndex, row.Usage.Verdict, row.Billable, row.Usage.CpuNs)));
        Assert.Equal((agent.Id, agent.Epoch, "t1"), (rows[1].Usage.Agent, rows[1].Usage.AgentEpoch, rows[1].Usage.Tenant));
        Assert.Equal((0L, 0L), (store.Scalar("SELECT coalesce(sum(total_nano), 0) FROM charges"), store.Scalar("SELECT count(*) FROM late_reports")));
    }
}
