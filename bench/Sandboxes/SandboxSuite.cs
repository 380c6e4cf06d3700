using Corral.Bench.Fixtures;
using Corral.Bench.Measure;
using Corral.Bench.Peers;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What a sandbox costs beside a bare vfork and exec, and beside other programs that make one.</summary>
internal sealed class SandboxSuite(BarReport report, bool quick)
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        using var root = new BenchRoot(Directory.CreateTempSubdirectory("corral-bench-").FullName);
        using var groups = new GroupTree($"corral-bench-{Environment.ProcessId}");
        using var bareLibcFree = new ProgramRun(groups, [root.FromHost(BenchRoot.LibcFree)]);
        using var bareBusybox = new ProgramRun(groups, [root.FromHost(BenchRoot.Busybox)]);
        List<Candidate> candidates = [bareLibcFree.As("bare-libcfree"), bareBusybox.As("bare-busybox")];
        var peers = Peer.All(root);
        foreach (var peer in peers)
            report.Note($"{peer.Name} {peer.Lacks}");
        var peerRuns = peers.SelectMany(peer => new[]
        {
            (Name: $"{peer.Name}-libcfree", Run: new ProgramRun(groups, peer.Command(BenchRoot.LibcFree)), peer.PerBlock),
            (Name: $"{peer.Name}-busybox", Run: new ProgramRun(groups, peer.Command(BenchRoot.Busybox)), peer.PerBlock),
        }).ToList();
        candidates.AddRange(peerRuns.Select(peer => peer.Run.As(peer.Name, peer.PerBlock)));

        var latency = new Interleaved(report, rounds: 3, blocks: quick ? 2 : 10).Run(candidates, cancellationToken);
        _ = latency;
        new Throughput(report, rounds: 3, atOnce: 8, TimeSpan.FromSeconds(quick ? 0.3 : 1))
            .Run([candidates[0], candidates[1]], cancellationToken);
        foreach (var peer in peerRuns)
            peer.Run.Dispose();
        return Task.CompletedTask;
    }
}
