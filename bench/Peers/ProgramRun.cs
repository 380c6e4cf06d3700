using System.Diagnostics;
using Corral.Bench.Fixtures;
using Corral.Bench.Interop;
using Corral.Bench.Measure;

namespace Corral.Bench.Peers;

/// <summary>
/// Runs a program by vfork and exec into a group of its own: a bare one to compare with, and every peer.
/// The time is from making the group until the status is known; its cpu.stat is read and the group removed afterwards, which counts in rates
/// as it does for a sandbox.
/// </summary>
internal sealed class ProgramRun(GroupTree groups, string[] command, ulong namespaces = 0) : IDisposable
{
    private readonly BareSpawner _spawner = new(namespaces, command);

    public long RunOnce()
    {
        var began = Stopwatch.GetTimestamp();
        var (path, directory) = groups.Add();
        int status;
        long took;
        using (directory)
        {
            status = Libc.Wait(_spawner.Start(directory));
            took = Stopwatch.GetElapsedTime(began).Ticks * 100;
        }
        _ = CpuStat.Read(path + "/cpu.stat");
        GroupTree.Remove(path);
        return status == 0 ? took : throw new InvalidOperationException($"'{string.Join(' ', command)}' ended with wait status {status}.");
    }

    // Waiting for the status blocks a thread, as waitpid does.
    public Candidate As(string name, int perBlock = 10) => new(name, _ => Task.FromResult(RunOnce()), PerBlock: perBlock);

    public void Dispose() => _spawner.Dispose();
}
