using System.Text;
using Corral.Agent.Attempts;
using Corral.Agent.KernelTests.Sandbox;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.KernelTests.Attempts;

/// <summary>A whole agent on this host's kernel, with a coordinator that the test plays.</summary>
public sealed class AgentFixture(CgroupFixture cgroups) : IAsyncLifetime
{
    private static int s_last;
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Debug).AddProvider(new TestOutputLoggers()));

    internal AgentOptions Options { get; } = OptionsIn(Path.Combine(cgroups.StateDirectory, $"agent-{Interlocked.Increment(ref s_last)}"));

    internal TestCoordinator Coordinator { get; } = new();

    internal MemoryBlobs Blobs { get; } = new();

    internal AgentNode Node { get; private set; } = null!;

    /// <summary>What stopped the agent, where something did.</summary>
    internal Exception? Fatal { get; private set; }

    public ValueTask InitializeAsync() => new(StartAsync());

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        _loggers.Dispose();
        Directory.Delete(Options.StateDirectory, recursive: true);
        File.Delete(Options.StartLog!);
        Assert.Null(Fatal);
    }

    /// <summary>Ends the agent as a stopped process would, leaving what runs to the launcher, and starts the next.</summary>
    internal async Task RestartAsync(Func<Task>? between = null)
    {
        Coordinator.ExpectRestart();
        Coordinator.Node = null;
        await Node.DisposeAsync();
        if (between is not null)
            await between();
        await StartAsync();
        await Coordinator.WelcomedAsync();
    }

    internal static AttemptOrder Order(JobSpec spec) => new(new AttemptId(JobId.New(DateTimeOffset.UtcNow), 1), spec, DateTimeOffset.UtcNow);

    internal static JobSpec Job(params StepSpec[] steps) => new() { Tenant = "t1", Steps = steps };

    internal static StepSpec Shell(string script, string name = "s") => new()
    {
        Name = name,
        Command = ["/bin/sh", "-c", script],
        Limits = new ResourceLimits { MemoryBytes = 64 << 20, ScratchBytes = 8 << 20 },
    };

    internal async Task<AttemptReport> RunAsync(JobSpec spec)
    {
        var order = Order(spec);
        await Coordinator.OrderAsync(order);
        return await Coordinator.ReportAsync(order.Attempt);
    }

    internal async Task<Corral.Shared.Jobs.StepResult> RunAsync(StepSpec step) => Assert.Single((await RunAsync(Job(step))).Steps);

    internal static string Text(CapturedOutput output) => Encoding.UTF8.GetString(output.Inline);

    /// <summary>How often the launcher started steps of an attempt, by its own record.</summary>
    internal int Starts(AttemptId attempt) =>
        File.ReadLines(Options.StartLog!).Count(line => line.Contains(attempt.ToString(), StringComparison.Ordinal) && line.EndsWith("start", StringComparison.Ordinal));

    private static AgentOptions OptionsIn(string stateDirectory) => new()
    {
        Id = "kernel-test",
        StateDirectory = stateDirectory,
        Cpus = 8,
        MemoryBytes = 4L << 30,
        WarmSandboxes = 2,
        RenewEvery = TimeSpan.FromMilliseconds(200),
        StartLog = stateDirectory + ".starts",
    };

    private async Task StartAsync()
    {
        Node = await AgentNode.StartAsync(
            new AgentParts { Options = Options, Link = Coordinator, Blobs = Blobs, Loggers = _loggers, OnFatal = fatal => Fatal = fatal },
            TestContext.Current.CancellationToken);
        Coordinator.Node = Node;
    }
}
