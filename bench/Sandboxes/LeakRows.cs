using Corral.Bench.Fixtures;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What is left after ten thousand sandboxes.</summary>
internal sealed class LeakRows(BarReport report, bool quick, BenchRoot root, GroupTree groups)
{
    private const int Warm = 8, AtOnce = 4;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var total = quick ? 1_000 : 10_000;
        using var slice = new GroupTree($"{Path.GetFileName(groups.Path)}-slice");
        await using var sandboxes = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), Warm, cancellationToken);
        var run = new SandboxRun(sandboxes, BenchRoot.LibcFree) { KeepsPhases = false };
        // Code, buffers and tables that the first few hundred make and all later ones share are not a leak.
        await RepeatAsync(run, 500, cancellationToken);
        var (before, heapBefore) = await TakeAsync(sandboxes, slice, null, cancellationToken);
        await RepeatAsync(run, total, cancellationToken);
        var (after, heapAfter) = await TakeAsync(sandboxes, slice, before, cancellationToken);
        report.Note($"after {total} sandboxes; before {before}; after {after}");
        after.CompareWith(before, report);
        report.AtMost("agent-heap-growth", Math.Max(0, heapAfter - heapBefore) * 100.0 / heapBefore, 5, "%");
        report.Info("agent-heap-before", heapBefore / 1e6, "MB");
        report.Info("agent-heap-after", heapAfter / 1e6, "MB");
    }

    private static async Task RepeatAsync(SandboxRun run, int total, CancellationToken cancellationToken)
    {
        var left = total;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await run.RunOnceAsync(cancellationToken);
        }, cancellationToken)));
    }

    /// <summary>Counts once the last sandboxes are gone and the pool is full; waits for what goes later (groups, namespaces) for at most 10 s.</summary>
    private static async Task<(Census Census, long Heap)> TakeAsync(
        CorralSandboxes sandboxes, GroupTree slice, Census? expected, CancellationToken cancellationToken)
    {
        var deadline = System.Environment.TickCount64 + 10_000;
        Census census;
        do
        {
            sandboxes.Settle();
            await Task.Delay(100, cancellationToken);
            census = Census.Take(sandboxes.Launcher, slice.Path);
        }
        while ((expected is null ? census.Groups != Warm : census != expected) && System.Environment.TickCount64 < deadline);
        // Finalizers, and buffers that pools give back after a few collections, need more than one.
        for (var i = 0; i < 5; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        return (census, GC.GetTotalMemory(forceFullCollection: true));
    }
}
