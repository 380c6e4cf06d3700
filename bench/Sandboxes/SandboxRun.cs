using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Bench.Interop;
using Corral.Bench.Measure;
using Corral.Shared.Jobs;

namespace Corral.Bench.Sandboxes;

/// <summary>
/// Runs one program in a sandbox, with everything a step has. The time is from asking for the step until the agent holds the exit status;
/// the sandbox's death, its counters and its removal follow, and count in rates.
/// </summary>
internal sealed class SandboxRun(CorralSandboxes sandboxes, params string[] command)
{
    private static readonly Dictionary<string, string> Environment = new() { ["PATH"] = "/bin" };

    private readonly Phases _phases = new();

    /// <summary>Off where the heap is measured: what is kept of every run would look like a leak.</summary>
    public bool KeepsPhases { get; init; } = true;

    /// <summary>Where the time of all runs so far went.</summary>
    public string DescribePhases() => _phases.ToString();

    public async Task<long> RunOnceAsync(CancellationToken cancellationToken)
    {
        var began = Libc.BootTimeNs();
        var step = await sandboxes.Host.StartStepAsync(new StepLaunch
        {
            Attempt = new AttemptId(JobId.New(DateTimeOffset.UtcNow), 1),
            StepIndex = 0,
            Image = sandboxes.Image,
            Command = command,
            Environment = Environment,
            WorkingDirectory = "/",
            Uid = 20_000,
            Gid = 20_000,
            Group = new GroupLimits(Cpus: 1, MemoryBytes: 256L << 20, Pids: 65),
            CpuTime = TimeSpan.FromSeconds(10),
            WallTime = TimeSpan.FromSeconds(30),
            OutputBytes = 64L << 20,
            CaptureBytes = 64L << 10,
            ScratchBytes = 64L << 20,
            ScratchInodes = 10_000,
            OpenFiles = 256,
            StackBytes = 8L << 20,
        }, cancellationToken);
        var end = await step.Completion;
        await step.ReleaseAsync();
        if (end.WaitStatus != 0 || end.ReportedNs is not { } reported)
            throw new InvalidOperationException($"'{string.Join(' ', command)}' did not succeed in its sandbox: {end}.");
        if (KeepsPhases)
            _phases.Add(began, end, reported);
        return reported - began;
    }

    public Candidate As(string name, bool settle = true, int perBlock = 10) =>
        new(name, RunOnceAsync, settle ? sandboxes.Settle : null, perBlock);
}
