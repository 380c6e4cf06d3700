using System.Text;
using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>One running sandbox room for all tests of sandboxes, over the host's own driver; they take turns in it.</summary>
[CollectionDefinition(Name)]
public sealed class SandboxTurns : ICollectionFixture<SandboxFixture>
{
    public const string Name = "sandboxes";
}

/// <summary>A room for tests that count what this process holds: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SandboxesAlone : ICollectionFixture<SandboxFixture>
{
    public const string Name = "sandboxes alone";
}

/// <summary>The room.</summary>
public sealed class SandboxFixture(CgroupFixture cgroups) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);
    private static int s_last;
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(b => b.AddProvider(new TestOutputLoggers()));
    private long _lastWorkspace;

    internal SandboxHost Host { get; private set; } = null!;

    internal string StateDirectory { get; } = Path.Combine(cgroups.StateDirectory, $"sandboxes-{Interlocked.Increment(ref s_last)}");

    internal ICgroupDriver Driver { get; private set; } = null!;

    /// <summary>What the launcher wrote about starts and ends.</summary>
    internal string StartLog => StateDirectory + ".log";

    public async ValueTask InitializeAsync()
    {
        Driver = CgroupDrivers.Open(StateDirectory);
        Host = await SandboxHost.StartAsync(
            new SandboxOptions { StateDirectory = StateDirectory, WarmCount = 2, InitialLease = Lease, StartLog = StartLog },
            Driver, _loggers, TestContext.Current.CancellationToken);
        Host.RenewLease(Lease);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Assert.Empty(Driver.List());
        Driver.Dispose();
        _loggers.Dispose();
        Directory.Delete(StateDirectory, recursive: true);
        File.Delete(StartLog);
    }

    internal Task<MountedWorkspace> CreateWorkspaceAsync(long bytes = 16 << 20, long inodes = 1000) =>
        Host.CreateWorkspaceAsync(Interlocked.Increment(ref _lastWorkspace), new WorkspaceSize(bytes, inodes, Steps.Uid, Steps.Uid), TestContext.Current.CancellationToken);

    /// <summary>Runs a step to its end and releases it.</summary>
    internal async Task<StepResult> RunAsync(StepLaunch launch, TimeSpan? time = null)
    {
        var step = await Host.StartStepAsync(launch, TestContext.Current.CancellationToken);
        var end = await step.Completion.WaitAsync(time ?? TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var result = new StepResult(end, Read(step, StepStream.Stdout), Read(step, StepStream.Stderr));
        await step.ReleaseAsync();
        return result;
    }

    /// <summary>Runs the probe.</summary>
    internal async Task<StepResult> ProbeAsync(string arguments, Func<StepLaunch, StepLaunch>? change = null)
    {
        await using var workspace = await CreateWorkspaceAsync();
        using var program = Probe.Open();
        var launch = Steps.Of(["/box/probe", .. arguments.Split(' ')]) with
        {
            Workspace = new WorkspaceMount(workspace, ReadOnly: false),
            Files = [new StepFile("probe", Executable: true, program, 0, Probe.Length)],
        };
        return await RunAsync(change is null ? launch : change(launch));
    }

    /// <summary>Runs a shell script.</summary>
    internal Task<StepResult> ShellAsync(string script, Func<StepLaunch, StepLaunch>? change = null, TimeSpan? time = null)
    {
        var launch = Steps.Of("/bin/sh", "-c", script);
        return RunAsync(change is null ? launch : change(launch), time);
    }

    internal static string Read(RunningStep step, StepStream stream)
    {
        var buffer = new byte[1 << 20];
        var length = 0;
        int read;
        while ((read = step.ReadOutput(stream, length, buffer.AsSpan(length))) > 0) length += read;
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

/// <summary>How a step ended, and what it said.</summary>
internal sealed record StepResult(StepEnd End, string Stdout, string Stderr)
{
    public int? ExitCode => End.WaitStatus is { } status && (status & 0x7F) == 0 ? status >> 8 : null;

    public int? Signal => End.WaitStatus is { } status && (status & 0x7F) != 0 ? status & 0x7F : null;
}
