using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

// Corral.Agent.TestHost STATE LEASE_MS WALL_MS USER SCRIPT...
// Starts each script as a step of one job, all in workspace 1, waits until each has said something, prints "up", and keeps the lease until it is killed.
var lease = TimeSpan.FromMilliseconds(int.Parse(args[1], CultureInfo.InvariantCulture));
var wall = TimeSpan.FromMilliseconds(int.Parse(args[2], CultureInfo.InvariantCulture));
var user = int.Parse(args[3], CultureInfo.InvariantCulture);
using var cgroups = CgroupDrivers.Open(args[0]);
var host = await SandboxHost.StartAsync(
    new SandboxOptions { StateDirectory = args[0], WarmCount = 2, InitialLease = lease, StartLog = args[0] + ".log" }, cgroups, NullLoggerFactory.Instance, CancellationToken.None);
host.RenewLease(lease);
var workspace = await host.CreateWorkspaceAsync(1, new WorkspaceSize(16 << 20, 1000, user, user), CancellationToken.None);
var job = JobId.New(DateTimeOffset.UtcNow);
var steps = new List<RunningStep>();
foreach (var script in args.Skip(4))
{
    steps.Add(await host.StartStepAsync(new StepLaunch
    {
        Attempt = new AttemptId(job, 7),
        StepIndex = steps.Count,
        Command = ["/bin/sh", "-c", script],
        Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
        Uid = user,
        Gid = user,
        Group = new GroupLimits(1, 256L << 20, 65),
        CpuTime = TimeSpan.FromSeconds(20),
        WallTime = wall,
        OutputBytes = 64L << 20,
        CaptureBytes = 64L << 10,
        ScratchBytes = 64L << 20,
        ScratchInodes = 10_000,
        OpenFiles = 256,
        StackBytes = 8L << 20,
        Workspace = new WorkspaceMount(workspace, ReadOnly: false),
    }, CancellationToken.None));
}

SpinWait.SpinUntil(() => steps.All(s => s.StdoutLength > 0));
Console.WriteLine($"up {host.LauncherProcessId}");
await Task.Delay(Timeout.Infinite);
