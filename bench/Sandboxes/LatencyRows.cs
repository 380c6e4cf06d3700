using Corral.Agent.Cgroups;
using Corral.Bench.Fixtures;
using Corral.Bench.Measure;
using Corral.Bench.Peers;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>Time until the status is known, one at a time.</summary>
internal sealed class LatencyRows(BarReport report, bool quick, BenchRoot root, GroupTree groups)
{
    private const int Warm = 8;

    private readonly List<Candidate> _candidates = [];
    private readonly List<(string Name, SandboxRun Run)> _sandboxes = [];
    private readonly List<IDisposable> _programs = [];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slice = new GroupTree($"corral-bench-{Environment.ProcessId}-slice");
        using var missSlice = new GroupTree($"corral-bench-{Environment.ProcessId}-miss");
        await using var warm = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(slice), Warm, cancellationToken);
        await using var miss = await CorralSandboxes.StartAsync(root, _ => new ControllerlessDriver(missSlice), warm: 0, cancellationToken);
        // What the agent would really use on this host, limits and all; the same as the above where that is v2.
        await using var real = await CorralSandboxes.StartAsync(root, CgroupDrivers.Open, Warm, cancellationToken);
        await using var realMiss = await CorralSandboxes.StartAsync(root, CgroupDrivers.Open, warm: 0, cancellationToken);
        Add("bare-libcfree", root.FromHost(BenchRoot.LibcFree));
        Add("bare-busybox", root.FromHost(BenchRoot.Busybox));
        Add("warm-libcfree", new SandboxRun(warm, BenchRoot.LibcFree));
        Add("warm-busybox", new SandboxRun(warm, BenchRoot.Busybox));
        Add("miss-libcfree", new SandboxRun(miss, BenchRoot.LibcFree));
        Add("miss-busybox", new SandboxRun(miss, BenchRoot.Busybox));
        Add("real-warm-libcfree", new SandboxRun(real, BenchRoot.LibcFree));
        Add("real-warm-busybox", new SandboxRun(real, BenchRoot.Busybox));
        Add("real-miss-busybox", new SandboxRun(realMiss, BenchRoot.Busybox));
        var peers = Peer.All(root);
        foreach (var peer in peers)
        {
            report.Note($"{peer.Name} {peer.Lacks}");
            Add($"{peer.Name}-libcfree", peer.PerBlock, peer.Command(BenchRoot.LibcFree));
            Add($"{peer.Name}-busybox", peer.PerBlock, peer.Command(BenchRoot.Busybox));
        }
        try
        {
            var samples = await new Interleaved(report, rounds: 3, blocks: quick ? 2 : 10).RunAsync(_candidates, cancellationToken);
            Report(samples, peers, real.CgroupMode);
        }
        finally
        {
            foreach (var program in _programs)
                program.Dispose();
        }
    }

    private void Report(Dictionary<string, Samples> samples, IReadOnlyList<Peer> peers, string mode)
    {
        double Ratio(string a, string b) => samples[a].Median / samples[b].Median;
        foreach (var (name, run) in _sandboxes)
            report.Note($"{name,-22} p50 us: {run.DescribePhases()}");
        report.AtMost("warm-libcfree-over-bare", Ratio("warm-libcfree", "bare-libcfree"), 2.0);
        report.AtMost("warm-busybox-over-bare", Ratio("warm-busybox", "bare-busybox"), 1.2);
        report.AtMost("miss-busybox-over-bare", Ratio("miss-busybox", "bare-busybox"), 2.5);
        report.Info("miss-libcfree-over-bare", Ratio("miss-libcfree", "bare-libcfree"), "");
        report.Info($"warm-libcfree-over-bare-{mode}-driver", Ratio("real-warm-libcfree", "bare-libcfree"), "");
        report.Info($"warm-busybox-over-bare-{mode}-driver", Ratio("real-warm-busybox", "bare-busybox"), "");
        report.Info($"miss-busybox-over-bare-{mode}-driver", Ratio("real-miss-busybox", "bare-busybox"), "");
        foreach (var peer in peers)
        {
            report.AtLeast($"{peer.Name}-over-warm-libcfree", Ratio($"{peer.Name}-libcfree", "warm-libcfree"), 8);
            report.AtLeast($"{peer.Name}-over-warm-busybox", Ratio($"{peer.Name}-busybox", "warm-busybox"), 3);
        }
    }

    private void Add(string name, SandboxRun run)
    {
        _sandboxes.Add((name, run));
        _candidates.Add(run.As(name));
    }

    private void Add(string name, params string[] command) => Add(name, 10, command);

    private void Add(string name, int perBlock, string[] command)
    {
        var run = new ProgramRun(groups, command);
        _programs.Add(run);
        _candidates.Add(run.As(name, perBlock));
    }
}
