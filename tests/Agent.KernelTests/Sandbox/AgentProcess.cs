using System.Diagnostics;
using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>An agent process with a state folder of its own, to be killed; and what comes after it in the same folder.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ILoggerFactory _loggers = LoggerFactory.Create(b => b.AddProvider(new TestOutputLoggers()));
    private ICgroupDriver? _driver;
    private SandboxHost? _next;

    private AgentProcess(string state, Process process, int launcher)
    {
        StateDirectory = state;
        _process = process;
        Launcher = launcher;
    }

    public string StateDirectory { get; }

    public int Launcher { get; }

    /// <summary>Lines of the launcher's own log of starts and ends.</summary>
    public IReadOnlyList<string[]> StartLog => [.. File.ReadAllLines(StateDirectory + ".log").Select(l => l.Split(' '))];

    /// <summary>Starts one with a step for each script; returns once each step has said something, which is when the lease begins.</summary>
    public static Task<AgentProcess> StartAsync(CgroupFixture cgroups, string name, TimeSpan lease, TimeSpan wall, params string[] scripts) =>
        StartAsync(cgroups, name, lease, wall, cpu: TimeSpan.FromSeconds(20), scripts);

    public static async Task<AgentProcess> StartAsync(CgroupFixture cgroups, string name, TimeSpan lease, TimeSpan wall, TimeSpan cpu, params string[] scripts)
    {
        var state = Path.Combine(cgroups.StateDirectory, name);
        Directory.CreateDirectory(state);
        var tests = Path.Combine(AppContext.BaseDirectory, "Corral.Agent.KernelTests");
        var start = new ProcessStartInfo("dotnet",
            ["exec", "--depsfile", tests + ".deps.json", "--runtimeconfig", tests + ".runtimeconfig.json", Path.Combine(AppContext.BaseDirectory, "Corral.Agent.TestHost.dll"),
                state, Milliseconds(lease), Milliseconds(wall), Milliseconds(cpu), .. scripts])
        {
            // Kept open for as long as it is to live.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.StartsWith("up ", said, StringComparison.Ordinal);
        return new AgentProcess(state, process, int.Parse(said![3..], CultureInfo.InvariantCulture));
    }

    /// <summary>SIGKILL; nothing of it runs any more when this returns.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>The agent that comes after.</summary>
    public async Task<SandboxHost> NextAsync()
    {
        _driver = CgroupDrivers.Open(StateDirectory);
        _next = await SandboxHost.StartAsync(
            new SandboxOptions { StateDirectory = StateDirectory, WarmCount = 1, InitialLease = TimeSpan.FromMinutes(5), StartLog = StateDirectory + ".log" },
            _driver, _loggers, TestContext.Current.CancellationToken);
        return _next;
    }

    public bool LauncherLives => Directory.Exists($"/proc/{Launcher}") && !File.ReadAllText($"/proc/{Launcher}/stat").Contains(") Z ", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        var next = _next ?? await NextAsync();
        foreach (var step in next.Adopted)
        {
            step.Kill(KillReason.Cancelled);
            await step.Completion;
            await step.ReleaseAsync();
        }

        foreach (var workspace in next.AdoptedWorkspaces) await workspace.DisposeAsync();
        await next.DisposeAsync();
        Assert.Empty(_driver!.List());
        _driver.Dispose();
        _loggers.Dispose();
        Directory.Delete(StateDirectory, recursive: true);
        File.Delete(StateDirectory + ".log");
    }

    private static string Milliseconds(TimeSpan time) => ((int)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
