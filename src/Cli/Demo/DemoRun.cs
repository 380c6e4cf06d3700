using System.Text;
using Corral.Cli.Client;
using Corral.Cli.Commands;
using Corral.Cli.Output;
using Corral.Cli.Serving;

namespace Corral.Cli.Demo;

/// <summary>Runs the demo's days through the HTTP API of a server started for them, and judges everything that came of it.</summary>
/// <param name="state">The folder that the server is started on.</param>
/// <param name="clock">Tells since when the receipts count.</param>
/// <param name="json">Each job as the API gives it, one a line, instead of tables.</param>
internal sealed class DemoRun(StateFolder state, TimeProvider clock, bool json)
{
    /// <summary>Jobs in one submission: a body stays well below the API's limit.</summary>
    private const int JobsOfASubmission = 50;

    private readonly List<string> _differences = [];

    /// <summary>0 only if every verdict, fact, receipt and clean-up is as it should be.</summary>
    public async Task<int> RunAsync(bool all, CancellationToken cancellationToken)
    {
        await using (var server = await Server.StartForOneCommandAsync(state, cancellationToken))
        {
            using var client = new CorralClient(server.Endpoint);
            var from = clock.GetUtcNow();
            List<DemoJob> jobs = [.. JudgesDay.Jobs(), .. BatchDay.Jobs()];
            var ended = await WorkAsync(client, jobs, cancellationToken);
            if (!json)
                DemoReport.Print(ended, all);
            foreach (var (job, answer) in ended)
                Judge(job, answer);
            await JudgeReceiptsAsync(client, from, ended, cancellationToken);
        }

        _differences.AddRange(Leftovers.Find(state));
        foreach (var difference in _differences)
            await Console.Error.WriteLineAsync($"corral: {difference}");
        if (json)
            return _differences.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        Console.WriteLine();
        Console.WriteLine(_differences.Count == 0
            ? "Every verdict, fact and receipt is as expected, and nothing is left behind."
            : $"{_differences.Count} things are not as expected; they are named on stderr.");
        return _differences.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private async Task<IReadOnlyList<(DemoJob Job, JobAnswer Answer)>> WorkAsync(CorralClient client, IReadOnlyList<DemoJob> jobs, CancellationToken cancellationToken)
    {
        List<(DemoJob Job, string Id)> submitted = [];
        // A submission is of one tenant: its idempotency key and its quota are that tenant's.
        foreach (var part in jobs.GroupBy(job => job.Spec.Tenant).SelectMany(tenant => tenant.Chunk(JobsOfASubmission)))
        {
            var ids = Wire.Submitted(await client.SubmitAsync(Body(part), null, cancellationToken));
            submitted.AddRange(part.Zip(ids));
        }

        List<(DemoJob Job, JobAnswer Answer)> ended = [];
        await DemoProgress.ShowAsync(jobs.GroupBy(Day).Select(day => (day.Key, day.Sum(job => job.Expected.Count))), async steps =>
        {
            foreach (var (job, id) in submitted)
            {
                var done = ended.Where(e => Day(e.Job) == Day(job)).Sum(e => e.Job.Expected.Count);
                if (job.Expected.Count > 2)
                    await FollowStepsAsync(client, id, seen => steps(Day(job), done + seen), cancellationToken);
                var answer = await client.WaitAsync(id, cancellationToken);
                if (json)
                    Printer.JsonLine(answer);
                ended.Add((job, Wire.Job(answer)));
                steps(Day(job), done + job.Expected.Count);
            }
        });
        return ended;
    }

    // A job of many steps shows each as it ends; the others are over before the eye has moved.
    private static async Task FollowStepsAsync(CorralClient client, string id, Action<int> ended, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var (type, _) in client.WatchAsync($"v1/jobs/{id}/events", cancellationToken))
        {
            if (type == "StepEnded")
                ended(++count);
        }
    }

    private void Judge(DemoJob job, JobAnswer answer)
    {
        var steps = answer.Steps.ToDictionary(s => s.Name);
        foreach (var expected in job.Expected)
            _differences.AddRange(expected.Compare(steps.GetValueOrDefault(expected.Name)).Select(d => $"{job.Title}, {d}"));
        var verdict = job.Expected.FirstOrDefault(e => e.Verdict != Shared.Jobs.Verdict.Succeeded)?.Verdict ?? Shared.Jobs.Verdict.Succeeded;
        if (answer.Verdict != verdict)
            _differences.Add($"{job.Title}: expected the job's verdict {verdict}, saw {answer.Verdict}");
        if (answer.Receipt is not { } receipt)
            _differences.Add($"{job.Title}: the answer carries no receipt");
        else if (Charge.Of(receipt) != receipt.TotalNano)
            _differences.Add($"{job.Title}: its receipt says {receipt.TotalNano}, its own lines come to {Charge.Of(receipt)}");
    }

    private async Task JudgeReceiptsAsync(CorralClient client, DateTimeOffset from, IReadOnlyList<(DemoJob Job, JobAnswer Answer)> ended, CancellationToken cancellationToken)
    {
        var usage = Wire.Usage(await client.GetAsync(UsageCommand.Path(null, from, null), cancellationToken));
        if (!json)
            DemoReport.PrintReceipts(usage.Totals);
        foreach (var tenant in ended.GroupBy(e => e.Job.Spec.Tenant))
        {
            var receipt = usage.Totals.FirstOrDefault(t => t.Tenant == tenant.Key);
            var (jobs, steps, charge) = (tenant.Count(), tenant.Sum(e => e.Job.Expected.Count), tenant.Sum(e => e.Answer.Receipt?.TotalNano ?? 0));
            if (receipt is null || receipt.Jobs != jobs || receipt.Steps != steps || receipt.ChargeNano != charge)
                _differences.Add($"{tenant.Key}: expected a receipt over {jobs} jobs, {steps} steps and {charge}, saw {(receipt is null ? "none" : $"{receipt.Jobs} jobs, {receipt.Steps} steps and {receipt.ChargeNano}")}");
        }
    }

    private static string Day(DemoJob job) => job.Spec.Tenant == JudgesDay.Tenant ? "judge's day" : "batch operator's day";

    private static byte[] Body(IEnumerable<DemoJob> jobs)
    {
        var body = new StringBuilder("[").AppendJoin(',', jobs.Select(job => Encoding.UTF8.GetString(RunRequest.Write(job.Spec)))).Append(']');
        return Encoding.UTF8.GetBytes(body.ToString());
    }
}
