using System.Collections.Concurrent;
using Corral.Agent.Sandbox;
using Corral.Bench.Measure;

namespace Corral.Bench.Sandboxes;

/// <summary>Where a step's time goes, by the stamps that its end carries: medians, microseconds.</summary>
internal sealed class Phases
{
    private static readonly string[] Names = ["take", "exec", "run", "report", "death"];

    private readonly ConcurrentQueue<long>[] _times = [.. Names.Select(_ => new ConcurrentQueue<long>())];

    /// <summary>Asked for → dispatched → exec'ed → ended → agent holds the status → every process gone.</summary>
    public void Add(long began, StepEnd end, long reported)
    {
        if (end.StartedNs is not { } started || end.ExitedNs is not { } exited)
            return;
        long[] stamps = [began, end.DispatchedNs, started, exited, reported, end.DeadNs];
        for (var i = 0; i < _times.Length; i++)
            _times[i].Enqueue(stamps[i + 1] - stamps[i]);
    }

    public override string ToString() => _times[0].IsEmpty
        ? "no phases"
        : string.Join("  ", Names.Select((name, i) => $"{name} {Samples.Quantile([.. _times[i]], 0.5) / 1000:F0}"));
}
