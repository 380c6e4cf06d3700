using Corral.Bench.Fixtures;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What a sandbox costs: in time, at a rate, in memory, and after ten thousand of them.</summary>
internal sealed class SandboxSuite(BarReport report, bool quick, string? only)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var root = new BenchRoot($"/var/tmp/corral-bench-{Environment.ProcessId}");
        using var groups = new GroupTree($"corral-bench-{Environment.ProcessId}");
        if (Wants("latency"))
            await new LatencyRows(report, quick, root, groups).RunAsync(cancellationToken);
        if (Wants("rate"))
            await new RateRows(report, quick, root, groups).RunAsync(cancellationToken);
        if (Wants("memory"))
            await new MemoryRows(report, root, groups).RunAsync(cancellationToken);
        if (Wants("leaks"))
            await new LeakRows(report, quick, root, groups).RunAsync(cancellationToken);
    }

    private bool Wants(string rows) => only is null || only == rows;
}
