using Corral.Shared.Jobs;

namespace Corral.Cli.Demo;

/// <summary>An online judge's day: each submission is one job that compiles once and runs on the frozen result.</summary>
internal static class JudgesDay
{
    public const string Tenant = "judge";
    private const int SIGSEGV = 11;
    private const int TestCount = 20;

    private static readonly ResourceLimits TestLimits = new()
    {
        CpuTimeMs = 1_000,
        WallTimeMs = 10_000,
        MemoryBytes = 64 << 20,
        Pids = 16,
        OutputBytes = 1 << 20,
    };

    public static IEnumerable<DemoJob> Jobs()
    {
        var tests = Enumerable.Range(1, TestCount).Select(Inversions.Test).ToList();
        var big = Inversions.Falling(70_000);

        yield return Submission("solution.c, 20 tests", "solution.c",
            [.. tests.Select((test, i) => (Step($"test{i + 1:00}", test, TestLimits), new ExpectedStep($"test{i + 1:00}") { ExitCode = 0, OutputMatches = true }))]);
        yield return Submission("wrong.c", "wrong.c", (Step("test", big, TestLimits), new ExpectedStep("test") { ExitCode = 0, OutputMatches = false }));
        yield return Submission("slow.c", "slow.c", (Step("test", big, TestLimits with { CpuTimeMs = 300 }), new ExpectedStep("test", Verdict.CpuTimeExceeded)));
        yield return Submission("hungry.c", "hungry.c", (Step("test", big, TestLimits), new ExpectedStep("test", Verdict.MemoryExceeded) { OomKilled = true }));
        yield return Submission("crashing.c", "crashing.c", (Step("test", tests[0], TestLimits), new ExpectedStep("test", Verdict.Signalled) { Signal = SIGSEGV }));
        yield return Submission("flooding.c", "flooding.c", (Step("test", tests[0], TestLimits), new ExpectedStep("test", Verdict.OutputExceeded)));
        // How the program ends is its own choice; that the kernel refused it a child is a fact beside the verdict.
        yield return Submission("forking.c", "forking.c", (
            Step("test", new Inversions("", "refused after some children: Resource temporarily unavailable"), TestLimits),
            new ExpectedStep("test") { ExitCode = 0, OutputMatches = true, PidsLimitHit = true }));
        yield return new DemoJob(
            "solution.py",
            Spec([
                Step("test", tests[9], TestLimits) with
                {
                    Command = ["python3", "/box/solution.py"],
                    Files = [new InputFile("solution.py", new Content(Programs.Read("solution.py"), null))],
                },
            ]),
            [new ExpectedStep("test") { ExitCode = 0, OutputMatches = true }]);
    }

    private static DemoJob Submission(string title, string source, params (StepSpec Step, ExpectedStep Expected)[] tests)
    {
        var build = new StepSpec
        {
            Name = "build",
            Command = ["gcc", "-O2", "-o", "/box/program", $"/box/{source}"],
            Files = [new InputFile(source, new Content(Programs.Read(source), null))],
            Limits = new ResourceLimits { CpuTimeMs = 20_000, WallTimeMs = 60_000 },
        };
        return new DemoJob(
            title,
            Spec([build, .. tests.Select(t => t.Step with { Needs = ["build"], Workspace = new Workspace(WorkspaceKind.From, "build") })]),
            [new ExpectedStep("build") { ExitCode = 0 }, .. tests.Select(t => t.Expected)]);
    }

    private static StepSpec Step(string name, Inversions test, ResourceLimits limits) => new()
    {
        Name = name,
        Command = ["/box/program"],
        Stdin = new Content(test.Input, null),
        Expect = new Expectation(ExpectMode.Tokens, new Content(test.Answer, null)),
        Limits = limits,
    };

    // A judge wants the answer of every test, not only of those before the first failure.
    private static JobSpec Spec(IReadOnlyList<StepSpec> steps) => new() { Tenant = Tenant, StopOnFailure = false, Steps = steps };
}
