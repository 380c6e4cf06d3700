using Corral.Bench.Fixtures;
using Corral.Bench.Interop;
using Corral.Bench.Measure;
using Corral.Bench.Peers;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>How many a second at eight at a time, the pool refilling meanwhile.</summary>
internal sealed class RateRows(BarReport report, bool quick, BenchRoot root, GroupTree groups)
{
    private const int AtOnce = 8, Warm = 16;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slice = new GroupTree($"corral-bench-{Environment.ProcessId}-slice");
        await using var warm = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), Warm, cancellationToken);
        foreach (var (name, program, bar) in new[] { ("libcfree", BenchRoot.LibcFree, 0.45), ("busybox", BenchRoot.Busybox, 0.38) })
        {
            using var bare = new ProgramRun(groups, [root.FromHost(program)]);
            using var withNetwork = new ProgramRun(groups, [root.FromHost(program)], BareSpawner.NewNetwork);
            var sandboxes = new SandboxRun(warm, program);
            var rates = await new Throughput(report, rounds: quick ? 3 : 9, AtOnce, TimeSpan.FromSeconds(0.5)).RunAsync(
            [
                bare.As($"bare-{name}"),
                sandboxes.As($"warm-{name}"),
                withNetwork.As($"bare-newnet-{name}"),
            ], cancellationToken);
            report.Note($"warm-{name} x{AtOnce} p50 us: {sandboxes.DescribePhases()}");
            report.AtLeast($"rate8-{name}-over-bare", rates[$"warm-{name}"] / rates[$"bare-{name}"], bar);
            // What the kernel leaves of the bare rate once every run makes and destroys a network namespace, and does nothing else.
            report.Info($"rate8-{name}-bare-with-new-netns-over-bare", rates[$"bare-newnet-{name}"] / rates[$"bare-{name}"], "");
        }
    }
}
