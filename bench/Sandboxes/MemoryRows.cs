using Corral.Bench.Fixtures;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What warm sandboxes hold while they wait.</summary>
internal sealed class MemoryRows(BarReport report, BenchRoot root, GroupTree groups)
{
    private const int Few = 16, Many = 200;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slice = new GroupTree($"{Path.GetFileName(groups.Path)}-slice");
        await using (var few = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), Few, cancellationToken))
        {
            few.Settle();
            var family = Census.Descendants(few.Launcher);
            var total = Census.ProportionalKb(few.Launcher) + family.Sum(Census.ProportionalKb);
            report.Info("pss-launcher", Census.ProportionalKb(few.Launcher), "kB");
            report.AtMost("pss-launcher-and-16-warm", total / 1000.0, 1.5, "MB");
        }

        // Both readings are taken with a launcher of its own running and its pool at rest; the smallest growth of three is the least disturbed.
        var growth = new List<double>();
        for (var round = 0; round < 3; round++)
        {
            long before;
            await using (await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), 0, cancellationToken))
                before = await SettledSlabKbAsync(cancellationToken);
            await using var many = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), Many, cancellationToken);
            many.Settle();
            var perSandbox = (await SettledSlabKbAsync(cancellationToken) - before) * 1024.0 / 1000 / Many;
            report.Sample("slab-per-warm", round, 0, perSandbox, "kB");
            growth.Add(perSandbox);
        }
        report.AtMost("slab-per-warm", growth.Min(), 500, "kB");
    }

    /// <summary>The slab once what was freed has left it: namespaces are destroyed by a kernel thread, some time after their last process.</summary>
    private static async Task<long> SettledSlabKbAsync(CancellationToken cancellationToken)
    {
        var lowest = long.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            await Task.Delay(100, cancellationToken);
            lowest = Math.Min(lowest, Machine.MemInfoKb("Slab"));
        }
        return lowest;
    }
}
