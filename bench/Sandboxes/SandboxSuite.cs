using Corral.Bench.Fixtures;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What a sandbox costs: in time, at a rate, in memory, and after ten thousand of them.</summary>
internal sealed class SandboxSuite(BarReport report, bool quick)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var root = new BenchRoot($"/var/tmp/corral-bench-{Environment.ProcessId}");
        using var groups = new GroupTree($"corral-bench-{Environment.ProcessId}");
        await new LatencyRows(report, quick, root, groups).RunAsync(cancellationToken);
        await new RateRows(report, quick, root, groups).RunAsync(cancellationToken);
        await new MemoryRows(report, root, groups).RunAsync(cancellationToken);
        await new LeakRows(report, quick, root, groups).RunAsync(cancellationToken);
    }
}
