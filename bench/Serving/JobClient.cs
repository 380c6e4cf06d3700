using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Corral.Bench.Serving;

/// <summary>Submits jobs of one small program over HTTP, and waits for them by long-poll.</summary>
internal sealed class JobClient(HttpClient http, string[] command)
{
    private const string Tenant = "bench";

    // A quarter of a processor each, so that eight run at once on two: a reservation equals the limits.
    private readonly string _job = JsonSerializer.Serialize(new
    {
        tenant = Tenant,
        steps = new[] { new { name = "true", image = "host", command, limits = new { cpus = 0.25, memoryBytes = 64 << 20 } } },
    });

    /// <summary>Nanoseconds from sending the first byte until the answer that it has ended is read.</summary>
    public async Task<long> RunOneAsync(CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        await WaitAsync((await SubmitAsync(1, cancellationToken))[0], cancellationToken);
        return Stopwatch.GetElapsedTime(began).Ticks * 100;
    }

    /// <summary>Jobs a second, from the first byte of the first batch until all of all batches are known to have ended.</summary>
    public async Task<double> RateAsync(int batches, int batch, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var waiting = new List<string>();
        for (var i = 0; i < batches; i++)
            waiting.AddRange(await SubmitAsync(batch, cancellationToken));
        var all = waiting.Count;
        while (waiting.Count > 0)
        {
            // The last submitted ends among the last; asking for each would load the server that is measured.
            await WaitAsync(waiting[^1], cancellationToken);
            var ended = await EndedAsync(all, cancellationToken);
            waiting.RemoveAll(ended.Contains);
        }
        return all / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private async Task<List<string>> SubmitAsync(int count, CancellationToken cancellationToken)
    {
        var body = count == 1 ? _job : $"{{\"jobs\":[{string.Join(',', Enumerable.Repeat(_job, count))}]}}";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("v1/jobs", content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? [.. JsonElement.Parse(text).GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!)]
            : throw new InvalidOperationException($"Submitting {count} jobs was answered {(int)answer.StatusCode}: {text}");
    }

    private async Task WaitAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var job = JsonElement.Parse(await http.GetStringAsync($"v1/jobs/{id}/wait?timeoutMs=30000", cancellationToken));
            if (job.GetProperty("state").GetString() != "Ended")
                continue;
            Require(job);
            return;
        }
    }

    /// <summary>Which of the newest jobs have ended.</summary>
    private async Task<HashSet<string>> EndedAsync(int newest, CancellationToken cancellationToken)
    {
        var ended = new HashSet<string>();
        var seen = 0;
        string? next = null;
        do
        {
            var cursor = next is null ? "" : "&cursor=" + Uri.EscapeDataString(next);
            var page = JsonElement.Parse(await http.GetStringAsync($"v1/jobs?tenant={Tenant}&limit=1000{cursor}", cancellationToken));
            foreach (var job in page.GetProperty("jobs").EnumerateArray())
            {
                seen++;
                if (job.GetProperty("state").GetString() != "Ended")
                    continue;
                Require(job);
                ended.Add(job.GetProperty("id").GetString()!);
            }
            next = page.TryGetProperty("next", out var token) ? token.GetString() : null;
        }
        while (next is not null && seen < newest);
        return ended;
    }

    private static void Require(JsonElement job)
    {
        if (job.GetProperty("verdict").GetString() != "Succeeded")
            throw new InvalidOperationException($"A job ended otherwise: {job}");
    }
}
