using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Steps to run.</summary>
internal static class Steps
{
    public const int Uid = 200_001;

    private static readonly Dictionary<string, string> s_environment = new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = "/box", ["LANG"] = "C.UTF-8" };

    public static StepLaunch Of(params string[] command) => new()
    {
        Attempt = new AttemptId(JobId.New(DateTimeOffset.UtcNow), 1),
        StepIndex = 0,
        Command = command,
        Environment = s_environment,
        Uid = Uid,
        Gid = Uid,
        Group = new GroupLimits(1, 256L << 20, 65),
        CpuTime = TimeSpan.FromSeconds(10),
        WallTime = TimeSpan.FromSeconds(30),
        OutputBytes = 64L << 20,
        CaptureBytes = 64L << 10,
        ScratchBytes = 64L << 20,
        ScratchInodes = 10_000,
        OpenFiles = 256,
        StackBytes = 8L << 20,
    };
}
