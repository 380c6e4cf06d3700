using System.Net.Http.Json;
using System.Text.Json;

namespace Corral.EndToEnd.Tests.Kill;

// kill -9 of the whole of 'corral up', again and again, while it is full of work. The launcher lives on: within the lease the next process takes the
// running steps over; beyond it they are dead, and are placed again under the next attempt number.
public sealed class KillTests
{
    private const int Kills = 20;
    private const int Batches = 50;
    private const int JobsInBatch = 10;
    private const int Seed = 20261122;

    [Fact]
    public async Task Twenty_kills_lose_no_acknowledged_job_run_none_twice_at_once_and_bill_none_twice()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        var stop = limit.Token;
        using var state = new TemporaryStateFolder();
        var startLog = Path.Combine(state.Path, "starts.log");
        string[] settings = [$"Agent:StartLog={startLog}"];
        var random = new Random(Seed);
        var server = await ServingProcess.StartAsync(state.Path, settings, stop);
        var present = new TaskCompletionSource<ServingProcess>();
        present.SetResult(server);
        var submitter = new Submitter(() => present.Task);
        var submitting = submitter.SubmitAsync(Batches, JobsInBatch, new Random(Seed + 1), stop);

        var killedAt = new List<long>();
        var outlasted = new List<long>();
        for (var kill = 0; kill < Kills; kill++)
        {
            await RandomMoment.PassAsync(TimeSpan.FromMilliseconds(random.Next(50, 2500)), stop);
            var next = new TaskCompletionSource<ServingProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
            present = next;
            killedAt.Add(BootTime.NowNs());
            await server.KillAsync();
            server.Dispose();
            // Every seventh time the lease (5 s) ends before the next process comes.
            if (kill % 7 == 6)
            {
                outlasted.Add(killedAt[^1]);
                await RandomMoment.PassAsync(TimeSpan.FromSeconds(6.5), stop);
            }

            server = await ServingProcess.StartAsync(state.Path, settings, stop);
            next.SetResult(server);
        }

        await submitting;
        Assert.Equal(Batches * JobsInBatch, submitter.Acknowledged.Count);
        var lost = 0;
        foreach (var (id, token) in submitter.Acknowledged)
            lost += await EndedWithItsOwnOutput(server.Client, id, token, stop);
        Assert.True(lost > 0, "No attempt was lost: the kills that outlast the lease proved nothing.");
        Assert.Equal(submitter.Acknowledged.Count, await CountJobs(server.Client, stop));
        await NoStepIsBilledTwice(server.Client, submitter.Acknowledged.Keys, stop);

        var (exitCode, errors) = await server.StopAsync(stop);
        Assert.True(exitCode == 0, errors);
        var log = StartLog.Read(startLog);
        Assert.DoesNotContain(log.Lives, life => life.EndNs is null);
        Assert.Empty(log.Overlaps());
        Assert.Equal(submitter.Acknowledged.Keys.Order(), log.Lives.Select(life => life.Job).Distinct().Order());
        // The lease (5 s) and a second for a busy host: nothing that ran at such a kill may live longer, and something did live until then.
        var spans = outlasted.SelectMany(at => log.Lives.Where(life => life.StartNs < at && life.EndNs > at).Select(life => TimeSpan.FromMicroseconds((life.EndNs!.Value - at) / 1000))).ToList();
        Assert.DoesNotContain(spans, span => span > TimeSpan.FromSeconds(6));
        Assert.Contains(spans, span => span > TimeSpan.FromSeconds(2.6));
        var whileRunning = killedAt.Count(log.RunsAt);
        Assert.True(whileRunning >= 10, $"Only {whileRunning} of {Kills} kills fell while a step ran.");
    }

    // Returns how many attempts before the last one were lost.
    private static async Task<int> EndedWithItsOwnOutput(HttpClient client, string id, string token, CancellationToken stop)
    {
        var job = await client.GetFromJsonAsync<JsonElement>($"/v1/jobs/{id}/wait?timeoutMs=90000", stop);
        Assert.True(job.GetProperty("state").GetString() == "Ended", $"{id} has not ended: {job}");
        Assert.True(job.GetProperty("verdict").GetString() == "Succeeded", $"{id}: {job}");
        var step = Assert.Single(job.GetProperty("steps").EnumerateArray());
        Assert.Equal(token + "\n", step.GetProperty("stdout").GetProperty("text").GetString());
        var attempts = job.GetProperty("attempts").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(1, attempts.Count), attempts.Select(attempt => attempt.GetProperty("number").GetInt32()));
        Assert.All(attempts[..^1], attempt => Assert.Equal("Lost", attempt.GetProperty("verdict").GetString()));
        return attempts.Count - 1;
    }

    private static async Task<int> CountJobs(HttpClient client, CancellationToken stop)
    {
        var count = 0;
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/v1/jobs?limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", stop);
            count += page.GetProperty("jobs").GetArrayLength();
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return count;
    }

    private static async Task NoStepIsBilledTwice(HttpClient client, IEnumerable<string> jobs, CancellationToken stop)
    {
        var rows = new List<(string Attempt, bool Billable)>();
        string? cursor = null;
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>($"/v1/usage/records?tenant=kill&limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}", stop);
            rows.AddRange(page.GetProperty("records").EnumerateArray().Select(row => (row.GetProperty("attempt").GetString()!, row.GetProperty("billable").GetBoolean())));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(rows.Count, rows.Select(row => row.Attempt).Distinct().Count());
        Assert.Equal(jobs.Order(), rows.Where(row => row.Billable).Select(row => row.Attempt[..36]).Order());
    }
}
