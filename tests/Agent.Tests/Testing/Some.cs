using Corral.Agent.Attempts;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.Tests.Testing;

/// <summary>Contract values for tests that are about something else.</summary>
internal static class Some
{
    public static DateTimeOffset Time { get; } = new(2026, 11, 22, 1, 2, 3, TimeSpan.Zero);

    /// <summary>A lease that nobody has granted yet.</summary>
    public static LeaseKeeper Lease(TimeProvider clock) => new(new RecordingLink(), clock, TimeSpan.FromSeconds(1), NullLogger<LeaseKeeper>.Instance)
    {
        Instance = Guid.Empty,
        Introduce = () => new AgentStarted("a1", Guid.Empty, "default", new AgentCapacity(1, 1, 1), new Dictionary<string, string>(), "6", "v2", [], "1"),
        Held = () => [],
        Moved = (_, _) => { },
        Lost = () => { },
        Fenced = _ => { },
    };

    public static AttemptId Attempt(int number = 1) => new(JobId.New(Time), number);

    /// <summary>An order in which every value differs from its default.</summary>
    public static AttemptOrder Order(AttemptId attempt) => new(
        attempt,
        new JobSpec
        {
            Tenant = "t1",
            Pool = "gpu",
            Priority = -5,
            Labels = new Dictionary<string, string> { ["a"] = "b" },
            StopOnFailure = false,
            MaxAttempts = 1,
            Steps =
            [
                new StepSpec
                {
                    Name = "build",
                    Image = "debian",
                    Command = ["cc", "ä\n\u0001"],
                    Env = new Dictionary<string, string> { ["X"] = "" },
                    Stdin = new Content("", null),
                    Files = [new InputFile("a.c", new Content(null, BlobDigest.Of([1, 2, 3])), true)],
                    Outputs = ["*.log"],
                    Needs = [],
                    Parallel = true,
                    Workspace = new Workspace(WorkspaceKind.From, "x"),
                    Expect = new Expectation(ExpectMode.Float, new Content("1", null), 0),
                    Limits = new ResourceLimits
                    {
                        Cpus = 0.5, MemoryBytes = 1, Pids = 2, CpuTimeMs = 3, WallTimeMs = 4, OutputBytes = 0, CaptureBytes = 0,
                        ScratchBytes = 5, ScratchInodes = 6, OpenFiles = 7, StackBytes = 8,
                    },
                },
            ],
        },
        Time);

    public static AttemptReport Report(AttemptId attempt, long sequence) => new(
        sequence, attempt, Verdict.Succeeded, Time, Time,
        [new StepResult { Index = 0, Name = "a", State = StepState.Ended, Verdict = Verdict.Succeeded, Stdout = new CapturedOutput([0, 255, 10], null) }]);
}
