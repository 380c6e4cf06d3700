using System.Text;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using static Corral.Agent.KernelTests.Attempts.AgentFixture;

namespace Corral.Agent.KernelTests.Attempts;

public sealed class AttemptTests(AgentFixture agent) : IClassFixture<AgentFixture>
{
    private static Workspace From(string step) => new(WorkspaceKind.From, step);

    [Fact]
    public async Task A_step_ends_with_its_output_and_a_usage_record()
    {
        var order = Order(Job(Shell("echo out; echo err >&2; exit 3")));
        await agent.Coordinator.OrderAsync(order);
        var report = await agent.Coordinator.ReportAsync(order.Attempt);
        var step = Assert.Single(report.Steps);

        Assert.Equal((Verdict.NonZeroExit, 3, "out\n", "err\n"), (step.Verdict, step.Facts.ExitCode!.Value, Text(step.Stdout), Text(step.Stderr)));
        Assert.Equal(Verdict.NonZeroExit, report.Verdict);
        var usage = step.Usage!;
        Assert.Equal((order.Attempt, 0, "kernel-test", "t1", Verdict.NonZeroExit, 8L), (usage.Attempt, usage.StepIndex, usage.Agent, usage.Tenant, usage.Verdict, usage.OutputBytes));
        Assert.InRange(usage.CpuNs, 1, usage.WallNs * Environment.ProcessorCount);
        Assert.InRange(usage.Sequence, 1, report.Sequence - 1);
        Assert.Equal(report.StartedAt, usage.StartedAt);
        Assert.Equal((1.0, 64L << 20), (usage.ReservedCpus, usage.ReservedMemoryBytes));
    }

    [Fact]
    public async Task Usage_tells_what_the_memory_consisted_of_and_what_the_step_waited_for()
    {
        const long written = 6_000_000;
        var order = Order(Job(Shell($"head -c {written} /dev/zero >/tmp/f && sleep 0.5")));
        await agent.Coordinator.OrderAsync(order);
        var report = await agent.Coordinator.ReportAsync(order.Attempt);
        var step = Assert.Single(report.Steps);
        Assert.Equal(Verdict.Succeeded, step.Verdict);
        var (usage, limits) = (step.Usage!, order.Spec.Steps[0].Limits);

        var samples = usage.MemorySamples!;
        // The first may come at once: then there is one more than there are intervals.
        Assert.InRange(samples.Count, 3, (int)(usage.WallNs / 50_000_000) + 1);
        Assert.InRange(samples.LongestGapNs, 50_000_000, usage.WallNs);
        Assert.InRange(samples.ShmemPeakBytes!.Value, written, limits.MemoryBytes);
        Assert.InRange(samples.AnonPeakBytes!.Value, 4096, limits.MemoryBytes - written);
        Assert.InRange(samples.ByteSeconds, written / 5, (long)(limits.MemoryBytes * (usage.WallNs / 1e9)));
        Assert.Equal(limits.ScratchBytes, usage.ReservedScratchBytes);
        Assert.InRange(usage.ScratchUsedBytes!.Value, written, written + (1 << 20));
        Assert.Equal(File.Exists("/proc/pressure/cpu"), usage.Pressure is not null);
        if (usage.Pressure is { } pressure) Assert.All([pressure.CpuSomeNs, pressure.MemorySomeNs, pressure.IoFullNs], total => Assert.InRange(total!.Value, 0, usage.WallNs));
    }

    [Fact]
    public async Task The_environment_is_the_documented_one_with_the_steps_own_on_top()
    {
        var step = await agent.RunAsync(Shell("env | sort") with { Env = new Dictionary<string, string> { ["LANG"] = "de", ["X"] = "y z" } });

        Assert.Contains("HOME=/box\nLANG=de\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", Text(step.Stdout), StringComparison.Ordinal);
        Assert.Contains("TMPDIR=/tmp\nX=y z\n", Text(step.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_attempt_has_a_user_of_its_own_from_the_range()
    {
        var results = await Task.WhenAll(agent.RunAsync(Shell("id -u; id -g; sleep 0.2")), agent.RunAsync(Shell("id -u; id -g; sleep 0.2")));

        var ids = results.Select(result => Text(result.Stdout).Split('\n')).ToList();
        Assert.NotEqual(ids[0][0], ids[1][0]);
        Assert.All(ids, id => Assert.Equal(id[0], id[1]));
        Assert.All(ids, id => Assert.InRange(int.Parse(id[0], null), agent.Options.FirstUserId, agent.Options.FirstUserId + agent.Options.UserIds - 1));
    }

    [Fact]
    public async Task A_missing_program_cannot_start_and_says_which_errno()
    {
        var step = await agent.RunAsync(Shell("") with { Command = ["/nonexistent"] });

        Assert.Equal((Verdict.CannotStart, 2), (step.Verdict, step.Facts.Errno!.Value));
    }

    [Fact]
    public async Task Too_much_memory_is_MemoryExceeded()
    {
        var step = await agent.RunAsync(Shell("head -c 200000000 /dev/zero | tail -c 200000000 > /dev/null"));

        Assert.Equal(Verdict.MemoryExceeded, step.Verdict);
        Assert.InRange(step.Facts.OomKills, 1, long.MaxValue);
    }

    [Fact]
    public async Task A_full_workspace_shows_as_a_fact()
    {
        var step = await agent.RunAsync(Shell("head -c 20000000 /dev/zero > /box/full"));

        Assert.Equal((Verdict.NonZeroExit, true), (step.Verdict, step.Facts.DiskLimitHit));
    }

    [Fact]
    public async Task Text_and_blobs_come_in_as_stdin_and_as_files_that_are_the_jobs_own()
    {
        var blob = agent.Blobs.Put("t1", "from a blob"u8.ToArray());
        var step = Shell("cat; cat a/b.txt c.bin empty; ls -n a/b.txt | cut -d' ' -f1; test -x run && test $(stat -c %u run) = $(id -u) && echo mine") with
        {
            Stdin = new Content("stdin.", null),
            Files = [new InputFile("a/b.txt", new Content("text.", null)), new InputFile("c.bin", new Content(null, blob)), new InputFile("empty", new Content("", null)), new InputFile("run", new Content("x", null), Executable: true)],
        };

        Assert.Equal("stdin.text.from a blob-rw-r--r--\nmine\n", Text((await agent.RunAsync(step)).Stdout));
        Assert.Equal("from a blob", Text((await agent.RunAsync(Shell("cat") with { Stdin = new Content(null, blob) })).Stdout));
    }

    [Fact]
    public async Task A_blob_of_many_files_takes_one_descriptor_and_too_many_different_ones_cannot_start()
    {
        var one = agent.Blobs.Put("t1", "the same"u8.ToArray());
        InputFile[] same = [.. Enumerable.Range(0, 400).Select(i => new InputFile($"f{i}", new Content(null, one)))];
        var step = await agent.RunAsync(Shell("cat f* | wc -c") with { Files = same });
        Assert.Equal((Verdict.Succeeded, "3200\n"), (step.Verdict, Text(step.Stdout)));

        const int most = 252;
        InputFile[] different = [.. Enumerable.Range(0, most + 1).Select(i => new InputFile($"f{i}", new Content(null, agent.Blobs.Put("t1", Encoding.UTF8.GetBytes($"{i:D3}")))))];
        // Long strings take a descriptor of the same message, too.
        var many = Shell("cat f* | wc -c") with { Env = new Dictionary<string, string> { ["LONG"] = new('x', 40_000) } };
        step = await agent.RunAsync(many with { Files = different[..most] });
        Assert.Equal((Verdict.Succeeded, $"{3 * most}\n"), (step.Verdict, Text(step.Stdout)));
        var refused = await agent.RunAsync(many with { Files = different });
        Assert.Equal(Verdict.CannotStart, refused.Verdict);
        Assert.Contains("different contents", refused.Facts.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_cannot_change_what_another_step_reads()
    {
        var blob = agent.Blobs.Put("t1", "unchanged"u8.ToArray());
        var attack = "(echo x > /proc/self/fd/0) 2>/dev/null && echo written; cat";

        Assert.Equal("unchanged", Text((await agent.RunAsync(Shell(attack) with { Stdin = new Content(null, blob) })).Stdout));
        Assert.Equal("text", Text((await agent.RunAsync(Shell(attack) with { Stdin = new Content("text", null) })).Stdout));
    }

    [Fact]
    public async Task A_blob_that_the_tenant_lacks_cannot_start()
    {
        var others = agent.Blobs.Put("t2", "secret"u8.ToArray());
        var step = await agent.RunAsync(Shell("cat") with { Stdin = new Content(null, others) });

        Assert.Equal(Verdict.CannotStart, step.Verdict);
        Assert.Contains(others.Value, step.Facts.Detail, StringComparison.Ordinal);
        Assert.Null(step.Usage);
    }

    [Fact]
    public async Task Outputs_are_collected_and_links_are_not_followed()
    {
        var step = await agent.RunAsync(Shell("mkdir out; echo kept > out/a.log; ln -s /etc/shadow out/b.log; mkfifo out/c.log; echo no > out/d.txt") with { Outputs = ["out/*.log"] });

        Assert.Equal(["out/a.log", "out/b.log", "out/c.log"], step.Outputs.Select(output => output.Path));
        Assert.Equal("kept\n"u8.ToArray(), agent.Blobs.Get("t1", step.Outputs[0].Blob!.Value));
        Assert.All(step.Outputs.Skip(1), output => Assert.Null(output.Blob));
    }

    [Fact]
    public async Task Long_output_is_kept_as_a_blob_and_cut_at_its_limit()
    {
        var step = await agent.RunAsync(Shell("head -c 100000 /dev/zero | tr '\\0' x") with { Limits = new ResourceLimits { MemoryBytes = 64 << 20, CaptureBytes = 50_000 } });

        Assert.Equal((Verdict.Succeeded, true, 100_000L), (step.Verdict, step.Facts.Truncated, step.Facts.StdoutBytes));
        Assert.Equal(50_000, agent.Blobs.Get("t1", step.Stdout.Blob!.Value).Length);
    }

    [Theory]
    [InlineData("echo 1 2; echo 3", "1 2 3", true)]
    [InlineData("echo 1 2", "1 2 3", false)]
    [InlineData("echo 1 2 3; exit 1", "1 2 3", true)]
    [InlineData("echo 1 2 3; kill -9 $$", "1 2 3", null)]
    public async Task Expected_output_is_a_fact_and_never_a_verdict(string script, string expected, bool? matches)
    {
        var blob = agent.Blobs.Put("t1", Encoding.UTF8.GetBytes(expected));
        foreach (var content in new[] { new Content(expected, null), new Content(null, blob) })
        {
            var step = await agent.RunAsync(Shell(script) with { Expect = new Expectation(ExpectMode.Tokens, content) });
            Assert.Equal(matches, step.Facts.OutputMatches);
        }

        var cut = await agent.RunAsync(Shell(script) with { Expect = new Expectation(ExpectMode.Tokens, new Content(expected, null)), Limits = new ResourceLimits { CaptureBytes = 2 } });
        Assert.Null(cut.Facts.OutputMatches);
    }

    [Fact]
    public async Task Steps_share_a_workspace_freeze_it_and_get_a_fresh_one()
    {
        var report = await agent.RunAsync(Job(
            Shell("echo one > a", "write"),
            Shell("cat a; echo two >> a", "append"),
            Shell("cat a; (echo three >> a) 2>/dev/null || echo frozen", "read") with { Workspace = From("append") },
            Shell("ls -A | wc -l", "fresh") with { Workspace = new Workspace(WorkspaceKind.Fresh) }));

        Assert.Equal(["", "one\n", "one\ntwo\nfrozen\n", "0\n"], report.Steps.Select(step => Text(step.Stdout)));
        Assert.Equal(Verdict.Succeeded, report.Verdict);
        Assert.Equal(report.Steps.Select(step => step.Usage!.Sequence).Order(), report.Steps.Select(step => step.Usage!.Sequence));
    }

    [Fact]
    public async Task Compile_once_and_run_many_at_once()
    {
        var tests = Enumerable.Range(0, 20).Select(i => Shell($"read x; ./double $x", $"t{i}") with
        {
            Needs = ["build"],
            Parallel = true,
            Workspace = From("build"),
            Stdin = new Content($"{i}\n", null),
            Limits = new ResourceLimits { Cpus = 0.25, MemoryBytes = 32 << 20 },
            Expect = new Expectation(ExpectMode.Tokens, new Content($"{2 * i}", null)),
        });
        var report = await agent.RunAsync(Job([Shell("printf '#!/bin/sh\\necho $((2 * $1))\\n' > double; chmod +x double", "build"), .. tests]));

        Assert.Equal(Verdict.Succeeded, report.Verdict);
        Assert.All(report.Steps.Skip(1), step => Assert.True(step.Facts.OutputMatches));
    }

    [Fact]
    public async Task A_failure_skips_what_follows()
    {
        var report = await agent.RunAsync(Job(Shell("exit 1", "a"), Shell("echo b", "b")));

        Assert.Equal(Verdict.NonZeroExit, report.Verdict);
        var skipped = report.Steps[1];
        Assert.Equal((StepState.Skipped, Verdict.None, null), (skipped.State, skipped.Verdict, skipped.Usage));
        Assert.NotNull(skipped.SkipReason);
    }

    [Fact]
    public async Task A_cancelled_step_is_asked_first_and_its_partial_output_is_kept()
    {
        var order = Order(Job(Shell("trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.05; done", "a"), Shell("echo b", "b")));
        await agent.Coordinator.OrderAsync(order);
        await OutputAsync(order.Attempt, "hello");

        agent.Node.Book.Stop([order.Attempt], Corral.Agent.Sandbox.KillReason.Cancelled);

        var report = await agent.Coordinator.ReportAsync(order.Attempt);
        Assert.Equal((Verdict.Cancelled, Verdict.Cancelled, StepState.Skipped), (report.Verdict, report.Steps[0].Verdict, report.Steps[1].State));
        Assert.Equal("hello\nbye\n", Text(report.Steps[0].Stdout));
    }

    [Fact]
    public async Task A_cancelled_step_that_does_not_listen_is_killed()
    {
        var order = Order(Job(Shell("trap '' TERM; echo deaf; while :; do sleep 0.05; done")));
        await agent.Coordinator.OrderAsync(order);
        await OutputAsync(order.Attempt, "deaf");

        agent.Node.Book.Stop([order.Attempt], Corral.Agent.Sandbox.KillReason.Deadline);

        var report = await agent.Coordinator.ReportAsync(order.Attempt);
        Assert.Equal(Verdict.DeadlinePassed, report.Verdict);
        Assert.Equal(9, report.Steps[0].Facts.Signal);
    }

    [Fact]
    public async Task A_watched_attempt_sends_its_output_from_the_first_byte_and_all_of_it_before_its_end()
    {
        var order = Order(Job(Shell("echo first; read x < go 2>/dev/null; while ! test -e go; do sleep 0.02; done; echo last")));
        await agent.Coordinator.OrderAsync(order);
        agent.Node.Book.Watch([order.Attempt], on: true);
        var seen = await OutputAsync(order.Attempt, "first");
        Assert.Equal("first\n", seen);
        agent.Node.Book.Stop([order.Attempt], Corral.Agent.Sandbox.KillReason.Cancelled);
        await agent.Coordinator.ReportAsync(order.Attempt);
    }

    [Fact]
    public async Task An_order_that_comes_again_is_not_run_again()
    {
        var order = Order(Job(Shell("echo once")));
        await agent.Coordinator.OrderAsync(order, order);
        await agent.Coordinator.OrderAsync(order);
        await agent.Coordinator.ReportAsync(order.Attempt);
        await agent.Coordinator.OrderAsync(order);
        await agent.RunAsync(Shell("true"));

        Assert.Equal(1, agent.Starts(order.Attempt));
    }

    [Fact]
    public async Task Orders_of_another_epoch_and_orders_that_do_not_fit_are_dropped()
    {
        var order = Order(Job(Shell("true")));
        var large = Order(Job(Shell("true") with { Limits = new ResourceLimits { MemoryBytes = 5L << 30 } }));
        await agent.Node.Book.AcceptAsync(new StartAttempts("kernel-test", await agent.Coordinator.WelcomedAsync() + 1, [order]));
        await agent.Coordinator.OrderAsync(large);

        Assert.DoesNotContain(order.Attempt, agent.Node.Book.Held);
        Assert.DoesNotContain(large.Attempt, agent.Node.Book.Held);
    }

    [Fact]
    public async Task Hundreds_of_jobs_at_once_all_end_and_the_books_balance()
    {
        // So small a share that all fit at once; on a loaded machine a program then needs long for the little it does.
        var limits = new ResourceLimits { Cpus = 0.02, MemoryBytes = 16 << 20, WallTimeMs = 600_000 };
        var orders = Enumerable.Range(0, 200).Select(i => Order(Job(new StepSpec { Name = "s", Command = ["/bin/echo", $"{i}"], Limits = limits }))).ToArray();
        await agent.Coordinator.OrderAsync(orders);
        var reports = await Task.WhenAll(orders.Select(order => agent.Coordinator.ReportAsync(order.Attempt)));

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}\n"), reports.Select(report => Text(report.Steps[0].Stdout)));
        var balance = agent.Node.TakeCpuBalance();
        Assert.True(balance.StepsNs > 0 && balance.OverheadNs > 0);
        TestContext.Current.TestOutputHelper!.WriteLine($"{balance} residual {balance.ResidualNs}");
    }

    private async Task<string> OutputAsync(AttemptId attempt, string until)
    {
        agent.Node.Book.Watch([attempt], on: true);
        var text = new StringBuilder();
        await foreach (var item in agent.Coordinator.Progress.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (item.Attempt == attempt && item.Kind == ProgressKind.StepStarted)
                agent.Node.Book.Watch([attempt], on: true);
            if (item.Attempt == attempt && item.Kind == ProgressKind.Stdout)
                text.Append(Encoding.UTF8.GetString(item.Data!));
            if (text.ToString().Contains(until, StringComparison.Ordinal))
                break;
        }

        return text.ToString();
    }
}
