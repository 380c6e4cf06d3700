using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Corral.Bench.Measure;
using Corral.Bench.Report;

namespace Corral.Bench.Serving;

/// <summary>One job, and many, through the HTTP API of a coordinator and agent in one process; and what that process holds when idle.</summary>
internal sealed class SingleSuite(BarReport report, bool quick)
{
    private const string Tenant = "bench";

    public async Task RunAsync(string name, Served served, bool bars, double sandboxRate, CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(quick ? 1 : 5), cancellationToken);
        var idleMb = served.ResidentKb * 1024 / 1e6;
        var latency = await LatencyAsync(name, served, cancellationToken);
        var rate = await RateAsync(name, served, cancellationToken);
        report.Note(latency.ToString());
        var p50 = latency.Median / 1e6;
        var p99 = latency.BestP99 / 1e6;
        if (bars)
        {
            report.AtMost("submit-to-ended-p50", p50, 8, "ms");
            report.AtMost("submit-to-ended-p99", p99, 40, "ms");
            report.AtLeast("busybox-jobs-per-second", rate, 300);
            report.AtLeast("busybox-jobs-over-sandbox-only-rate", rate / sandboxRate, 0.35);
            report.AtMost("idle-rss-up", idleMb, 220, "MB");
        }
        else
        {
            report.Info($"submit-to-ended-p50-{name}", p50, "ms");
            report.Info($"submit-to-ended-p99-{name}", p99, "ms");
            report.Info($"busybox-jobs-per-second-{name}", rate, "");
            report.Info($"idle-rss-up-{name}", idleMb, "MB");
        }
        report.Info($"rss-after-load-{name}", served.ResidentKb * 1024 / 1e6, "MB");
    }

    private async Task<Samples> LatencyAsync(string name, Served served, CancellationToken cancellationToken)
    {
        var samples = new Samples($"submit-to-ended-{name}");
        for (var i = 0; i < 50; i++)
            await SubmitAndWaitAsync(served, cancellationToken);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < (quick ? 50 : 200); i++)
            {
                // Idle between the samples: the pool refills and every queue is empty.
                await Task.Delay(10, cancellationToken);
                var took = await SubmitAndWaitAsync(served, cancellationToken);
                samples.Add(round, took);
                report.Sample(samples.Name, round, i, took, "ns");
            }
        }
        return samples;
    }

    private static async Task<long> SubmitAndWaitAsync(Served served, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var id = (await SubmitAsync(served, 1, cancellationToken))[0];
        await WaitAsync(served, id, cancellationToken);
        return Stopwatch.GetElapsedTime(began).Ticks * 100;
    }

    private async Task<double> RateAsync(string name, Served served, CancellationToken cancellationToken)
    {
        const int batch = 500;
        var rates = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            var batches = quick ? 1 : 4;
            var began = Stopwatch.GetTimestamp();
            var waiting = new HashSet<string>();
            for (var i = 0; i < batches; i++)
                waiting.UnionWith(await SubmitAsync(served, batch, cancellationToken));
            // Waiting for a job that has ended already costs one request; those that were placed first are done by then, so few are needed.
            while (waiting.Count > 0)
            {
                await WaitAsync(served, waiting.Last(), cancellationToken);
                waiting.ExceptWith(await EndedAsync(served, waiting.Count, cancellationToken));
            }
            var rate = batch * batches / Stopwatch.GetElapsedTime(began).TotalSeconds;
            report.Sample($"busybox-jobs-{name}", round, 0, rate, "1/s");
            rates.Add(rate);
        }
        report.Note($"busybox-jobs-{name} {string.Join(", ", rates.Select(r => r.ToString("F0", System.Globalization.CultureInfo.InvariantCulture)))} /s");
        rates.Sort();
        return rates[1];
    }

    private static async Task<List<string>> SubmitAsync(Served served, int count, CancellationToken cancellationToken)
    {
        var job = $$"""{"tenant":"{{Tenant}}","steps":[{"name":"true","image":"host","command":["/usr/bin/busybox","true"]}]}""";
        var body = count == 1 ? job : $"{{\"jobs\":[{string.Join(',', Enumerable.Repeat(job, count))}]}}";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await served.Http.PostAsync("v1/jobs", content, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"Submitting {count} jobs was answered {(int)answer.StatusCode}: {text}");
        return [.. JsonElement.Parse(text).GetProperty("jobs").EnumerateArray()
            .Select(id => id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetProperty("id").GetString()!)];
    }

    private static async Task WaitAsync(Served served, string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var job = JsonElement.Parse(await served.Http.GetStringAsync($"v1/jobs/{id}/wait?timeoutMs=30000", cancellationToken));
            if (job.GetProperty("state").GetString() != "Ended")
                continue;
            if (job.GetProperty("verdict").GetString() != "Succeeded")
                throw new InvalidOperationException($"The job ended otherwise: {job}");
            return;
        }
    }

    /// <summary>Which of the newest jobs have ended.</summary>
    private static async Task<List<string>> EndedAsync(Served served, int atLeast, CancellationToken cancellationToken)
    {
        var ended = new List<string>();
        var seen = 0;
        string? next = null;
        do
        {
            var page = JsonElement.Parse(await served.Http.GetStringAsync(
                $"v1/jobs?tenant={Tenant}&limit=500{(next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))}", cancellationToken));
            foreach (var job in page.GetProperty("jobs").EnumerateArray())
            {
                seen++;
                if (job.GetProperty("state").GetString() == "Ended")
                    ended.Add(job.GetProperty("id").GetString()!);
            }
            next = page.TryGetProperty("next", out var token) ? token.GetString() : null;
        }
        while (next is not null && seen < atLeast);
        return ended;
    }
}
