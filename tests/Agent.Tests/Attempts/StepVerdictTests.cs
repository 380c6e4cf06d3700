using Corral.Agent.Attempts;
using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Attempts;

/// <summary>Every combination of what can be observed, against the precedence written out a second time, as a list of rules.</summary>
public sealed class StepVerdictTests
{
    private const long Ms = 1_000_000;
    private static readonly ResourceLimits Limits = new() { CpuTimeMs = 100, OutputBytes = 1000 };

    // The command ends at 100, where it does; we act at 50 (before) or 150 (after).
    private const long ExitedNs = 100;
    private static readonly int?[] WaitStatuses = [null, 0, 1 << 8, 255 << 8, 6, 9, 15, 24, 25, 31, 11 | 0x80];
    private static readonly StartFailure?[] Failures =
    [
        null, new(StartPhase.Exec, 2, 0), new(StartPhase.Files, 28, 1), new(StartPhase.WorkingDirectory, 20, 0), new(StartPhase.Fork, 11, 0),
        new(StartPhase.Credentials, 1, 0), new(StartPhase.Limits, 12, 0),
    ];

    private static StepEnd End(int? status, StartFailure? failure, KillReason? killed, long? killedNs, long oom, long cpuNs, long output) => new()
    {
        WaitStatus = status,
        Failure = failure,
        Killed = killed,
        KilledNs = killedNs,
        Baseline = new GroupCounters { CpuNs = 5 * Ms, OomKills = 3 },
        Death = new GroupCounters { CpuNs = 5 * Ms + cpuNs, OomKills = 3 + oom },
        StdoutBytes = output,
        StderrBytes = 0,
        Truncated = false,
        DispatchedNs = 0,
        ExitedNs = status is null ? null : ExitedNs,
        DeadNs = 200,
    };

    private static IEnumerable<(StepEnd End, StopRequest? Asked)> All() =>
        from status in WaitStatuses
        from failure in Failures
        where failure is null || status is null
        from kill in new (KillReason? Reason, long? Ns)[] { (null, null) }.Concat(
            from reason in Enum.GetValues<KillReason>() where reason != KillReason.None from ns in new long[] { 50, 150 } select ((KillReason?)reason, (long?)ns))
        from oom in new long[] { 0, 1 }
        from cpu in new[] { 99 * Ms, 100 * Ms }
        from output in new long[] { 1000, 1001 }
        from asked in new[] { null, new StopRequest(KillReason.Cancelled, 40), new StopRequest(KillReason.Deadline, 160) }
        select (End(status, failure, kill.Item1, kill.Item2, oom, cpu, output), asked);

    private static Verdict Expected(StepEnd end, StopRequest? asked)
    {
        bool CameInTime(long ns) => end.WaitStatus is null || ns < ExitedNs;
        var stops = new List<(long At, KillReason Reason)>();
        if (asked is not null && CameInTime(asked.AtNs))
            stops.Add((asked.AtNs, asked.Reason));
        if (end.Killed is { } killed && CameInTime(end.KilledNs!.Value))
            stops.Add((end.KilledNs.Value, killed));
        var signal = end.WaitStatus is { } status ? status & 0x7F : end.Failure is null ? 9 : 0;
        (bool Holds, Verdict Verdict)[] rules =
        [
            (end.Failure is { Phase: StartPhase.Exec or StartPhase.Files or StartPhase.WorkingDirectory or StartPhase.Fork } or { Errno: 12 }, Verdict.CannotStart),
            (end.Death.OomKills > end.Baseline.OomKills, Verdict.MemoryExceeded),
            (stops.Count > 0, stops.Count > 0 ? Of(stops.MinBy(stop => stop.At).Reason) : default),
            (end.Failure is not null, Verdict.SandboxBroke),
            (end.StdoutBytes > 1000, Verdict.OutputExceeded),
            (signal is 9 or 24 && end.Death.CpuNs - end.Baseline.CpuNs >= 100 * Ms, Verdict.CpuTimeExceeded),
            (signal == 31, Verdict.SyscallDenied),
            (signal != 0, Verdict.Signalled),
            (end.WaitStatus == 0, Verdict.Succeeded),
            (true, Verdict.NonZeroExit),
        ];
        return rules.First(rule => rule.Holds).Verdict;
    }

    private static Verdict Of(KillReason reason) => reason switch
    {
        KillReason.CpuTime => Verdict.CpuTimeExceeded,
        KillReason.WallTime => Verdict.WallTimeExceeded,
        KillReason.Output => Verdict.OutputExceeded,
        KillReason.Cancelled => Verdict.Cancelled,
        KillReason.Deadline => Verdict.DeadlinePassed,
        _ => Verdict.Lost,
    };

    [Fact]
    public void Every_combination_follows_the_precedence()
    {
        var count = 0;
        foreach (var (end, asked) in All())
        {
            var (verdict, _) = StepVerdict.Of(end, Limits, asked);
            Assert.True(Expected(end, asked) == verdict, $"{end} asked {asked}: expected {Expected(end, asked)}, was {verdict}");
            count++;
        }

        Assert.True(count > 5000, $"only {count} combinations");
    }

    [Fact]
    public void A_killed_pid_1_is_the_jobs_own_signal_and_never_our_fault()
    {
        var (verdict, facts) = StepVerdict.Of(End(null, null, null, null, oom: 0, cpuNs: 1, output: 0), Limits);

        Assert.Equal((Verdict.Signalled, 9), (verdict, facts.Signal!.Value));
    }

    [Fact]
    public void Out_of_memory_in_a_child_is_memory_though_the_parent_exits_0()
    {
        var (verdict, facts) = StepVerdict.Of(End(0, null, null, null, oom: 1, cpuNs: 1, output: 0), Limits);

        Assert.Equal((Verdict.MemoryExceeded, 0, 1L), (verdict, facts.ExitCode!.Value, facts.OomKills));
    }

    [Fact]
    public void A_missing_program_is_named_with_its_errno()
    {
        var (verdict, facts) = StepVerdict.Of(End(null, new StartFailure(StartPhase.Exec, 2, 0), null, null, oom: 0, cpuNs: 1, output: 0), Limits);

        Assert.Equal((Verdict.CannotStart, 2, "Executing the command failed: No such file or directory (errno 2)."), (verdict, facts.Errno!.Value, facts.Detail));
        Assert.Null(facts.Signal);
    }

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(42 << 8, 42, null)]
    [InlineData(6, null, 6)]
    [InlineData(11 | 0x80, null, 11)]
    public void The_wait_status_gives_the_exit_code_or_the_signal(int status, int? exitCode, int? signal)
    {
        var (_, facts) = StepVerdict.Of(End(status, null, null, null, oom: 0, cpuNs: 1, output: 0), Limits);

        Assert.Equal((exitCode, signal), (facts.ExitCode, facts.Signal));
    }
}
