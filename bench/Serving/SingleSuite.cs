using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Bench.Fixtures;
using Corral.Bench.Measure;
using Corral.Bench.Report;
using Corral.Bench.Sandboxes;

namespace Corral.Bench.Serving;

/// <summary>
/// One job, and many, through the HTTP API of a coordinator and agent in one process; and what that process holds when idle. First on groups
/// without controllers, where the bars bind, then the built <c>corral up</c> as it is.
/// </summary>
internal sealed class SingleSuite(BarReport report, bool quick)
{
    private static readonly string[] Program = ["/usr/bin/busybox", "true"];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory($"/var/tmp/corral-bench-{Environment.ProcessId}").FullName;
        try
        {
            var bench = typeof(SingleSuite).Assembly.Location;
            var product = Path.Combine(AppContext.BaseDirectory, "corral.dll");
            using (var tree = new GroupTree($"corral-bench-{Environment.ProcessId}-alone"))
            {
                await MeasureAsync(
                    "v2", Path.Combine(directory, "v2"), ["dotnet", bench, ServeWithoutControllers.Name], _ => new ControllerlessDriver(tree), bars: true, cancellationToken);
            }
            await MeasureAsync(
                "corral-up", Path.Combine(directory, "up"), ["dotnet", product, "up", "--listen", "127.0.0.1:0"], CgroupDrivers.Open, bars: false, cancellationToken);
            report.Note("idle-rss-agent: not measured, there is no `corral agent` yet; the bar of 130 MB binds when the fleet's parts run alone");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task MeasureAsync(string name, string state, string[] command, Func<string, ICgroupDriver> openGroups, bool bars, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state);
        await using var alone = await CorralSandboxes.StartAsync(state, SandboxImage.Host, openGroups, warm: 8, cancellationToken);
        await using var served = await Served.StartAsync(command, Path.Combine(state, "served"), cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(quick ? 1 : 5), cancellationToken);
        var idle = served.ResidentKb * 1024 / 1e6;

        var jobs = new JobClient(served.Http, Program);
        var latency = await LatencyAsync(name, jobs, cancellationToken);
        var (rate, sandboxRate) = await RatesAsync(name, jobs, alone, cancellationToken);
        var (p50, p99) = (latency.Median / 1e6, latency.BestP99 / 1e6);
        if (bars)
        {
            report.AtMost("submit-to-ended-p50", p50, 8, "ms");
            report.AtMost("submit-to-ended-p99", p99, 40, "ms");
            report.AtLeast("busybox-jobs-per-second", rate, 300);
            report.AtLeast("busybox-jobs-over-sandbox-only", rate / sandboxRate, 0.35);
            report.Info("idle-rss-v2", idle, "MB");
        }
        else
        {
            // Memory binds on the product itself: no groups of another kind make it smaller or larger.
            report.AtMost("idle-rss-up", idle, 220, "MB");
            report.Info($"submit-to-ended-p50-{name}", p50, "ms");
            report.Info($"submit-to-ended-p99-{name}", p99, "ms");
            report.Info($"busybox-jobs-per-second-{name}", rate, "");
            report.Info($"busybox-jobs-over-sandbox-only-{name}", rate / sandboxRate, "");
        }
        report.Info($"rss-after-load-{name}", served.ResidentKb * 1024 / 1e6, "MB");
    }

    private async Task<Samples> LatencyAsync(string name, JobClient jobs, CancellationToken cancellationToken)
    {
        var samples = new Samples($"submit-to-ended-{name}");
        // Not measured: while the code is young the JIT takes a processor of its own for minutes, and a service is not young.
        for (var i = 0; i < (quick ? 100 : 1500); i++)
            await jobs.RunOneAsync(cancellationToken);
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < (quick ? 50 : 200); i++)
            {
                // Idle between the samples: the pool refills, and every queue is empty.
                await Task.Delay(10, cancellationToken);
                var took = await jobs.RunOneAsync(cancellationToken);
                samples.Add(round, took);
                report.Sample(samples.Name, round, i, took, "ns");
            }
        }
        report.Note(samples.ToString());
        return samples;
    }

    /// <summary>Jobs through the API and sandboxes alone, in turn; the medians.</summary>
    private async Task<(double Jobs, double Sandboxes)> RatesAsync(string name, JobClient jobs, CorralSandboxes alone, CancellationToken cancellationToken)
    {
        var sandboxRates = new List<double>();
        var jobRates = new List<double>();
        var sandboxes = new SandboxRun(alone, Program).As($"sandbox-only-{name}");
        var throughput = new Throughput(report, rounds: 1, atOnce: 8, TimeSpan.FromSeconds(quick ? 0.5 : 2));
        for (var round = 0; round < 3; round++)
        {
            sandboxRates.Add((await throughput.RunAsync([sandboxes], cancellationToken))[sandboxes.Name]);
            jobRates.Add(await jobs.RateAsync(batches: quick ? 1 : 4, batch: 500, cancellationToken));
            report.Sample($"jobs-{name}", round, 0, jobRates[^1], "1/s");
            report.Note($"jobs-{name} {jobRates[^1]:F0}/s");
        }
        sandboxRates.Sort();
        jobRates.Sort();
        return (jobRates[1], sandboxRates[1]);
    }
}
