using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.KernelTests.Sandbox;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

// Corral.Agent.TestHost STATE LEASE_MS WALL_MS CPU_MS SCRIPT...
// Starts each script as a step of one job, all in workspace 1, waits until each has said something, begins the lease, prints "up", and waits to be killed.
var lease = Milliseconds(args[1]);
using var cgroups = CgroupDrivers.Open(args[0]);
var host = await SandboxHost.StartAsync(
    new SandboxOptions { StateDirectory = args[0], WarmCount = 2, InitialLease = TimeSpan.FromMinutes(5), StartLog = args[0] + ".log" }, cgroups, NullLoggerFactory.Instance, CancellationToken.None);
// The tests hold the other end of the input: at its end they are gone, however they ended, and nothing of this may outlive them.
var orphaned = Task.Factory.StartNew(Console.In.ReadToEnd, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
var workspace = await host.CreateWorkspaceAsync(1, new WorkspaceSize(16 << 20, 1000, Steps.Uid, Steps.Uid), CancellationToken.None);
var job = JobId.New(DateTimeOffset.UtcNow);
var steps = new List<RunningStep>();
foreach (var script in args.Skip(4))
{
    steps.Add(await host.StartStepAsync(Steps.Of("/bin/sh", "-c", script) with
    {
        Attempt = new AttemptId(job, 7),
        StepIndex = steps.Count,
        WallTime = Milliseconds(args[2]),
        CpuTime = Milliseconds(args[3]),
        Workspace = new WorkspaceMount(workspace, ReadOnly: false),
    }, CancellationToken.None));
}

SpinWait.SpinUntil(() => orphaned.IsCompleted || steps.All(s => s.StdoutLength > 0));
host.RenewLease(lease);
Console.WriteLine($"up {host.LauncherProcessId}");
await orphaned;
// The launcher ends with its lease, and with it every step.
host.RenewLease(TimeSpan.Zero);

static TimeSpan Milliseconds(string text) => TimeSpan.FromMilliseconds(int.Parse(text, CultureInfo.InvariantCulture));
