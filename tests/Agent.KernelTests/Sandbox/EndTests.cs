using Corral.Agent.Interop;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>How a step ends, told exactly.</summary>
[Collection(SandboxTurns.Name)]
public sealed class EndTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task A_program_that_ends_well_has_status_0_and_its_output()
    {
        var result = await sandboxes.ShellAsync("echo out; echo err >&2");
        Assert.Equal((0, "out\n", "err\n"), (result.ExitCode, result.Stdout, result.Stderr));
        Assert.Null(result.End.Failure);
        Assert.Null(result.End.Killed);
        Assert.Equal((4, 4, false), (result.End.StdoutBytes, result.End.StderrBytes, result.End.Truncated));
        Assert.True(result.End.DispatchedNs <= result.End.StartedNs && result.End.StartedNs <= result.End.ExitedNs && result.End.ExitedNs <= result.End.DeadNs);
        Assert.InRange(result.End.Death.CpuNs - result.End.Baseline.CpuNs, 1, 10_000_000_000);
        Assert.InRange(result.End.MaxResidentBytes!.Value, 100_000, 100_000_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(255)]
    public async Task An_exit_code_is_told_as_it_is(int code)
    {
        var result = await sandboxes.ShellAsync($"exit {code}");
        Assert.Equal(code, result.ExitCode);
        Assert.Null(result.End.Failure);
    }

    [Fact]
    public async Task A_signal_is_told_apart_from_the_exit_code_a_shell_makes_of_it()
    {
        Assert.Equal(15, (await sandboxes.ShellAsync("kill -TERM $$")).Signal);
        Assert.Equal(143, (await sandboxes.ShellAsync("sh -c 'kill -TERM $$'; exit $?")).ExitCode);
        Assert.Equal(6, (await sandboxes.ProbeAsync("abort")).Signal);
    }

    [Theory]
    [InlineData("/usr/bin/there-is-no-such-program", Errno.ENOENT)]
    [InlineData("there-is-no-such-program", Errno.ENOENT)]
    [InlineData("/etc/passwd", Errno.EACCES)]
    [InlineData("/usr", Errno.EACCES)]
    [InlineData("/etc/passwd/x", Errno.ENOTDIR)]
    public async Task A_program_that_cannot_be_executed_is_an_errno_and_no_exit_code(string program, int errno)
    {
        var result = await sandboxes.RunAsync(Steps.Of(program));
        Assert.Equal(new StartFailure(StartPhase.Exec, errno, 0), result.End.Failure);
        Assert.True(result.End.Failure!.IsCallersFault);
        Assert.Null(result.End.WaitStatus);
        Assert.Null(result.End.StartedNs);
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_ENOEXEC()
    {
        const int noExec = 8;
        var result = await WithFileAsync("just text\n", "/box/file");
        Assert.Equal(new StartFailure(StartPhase.Exec, noExec, 0), result.End.Failure);
    }

    [Fact]
    public async Task A_script_whose_interpreter_is_missing_is_ENOENT_and_one_that_has_it_runs()
    {
        Assert.Equal(new StartFailure(StartPhase.Exec, Errno.ENOENT, 0), (await WithFileAsync("#!/nowhere\n", "/box/file")).End.Failure);
        Assert.Equal("ran\n", (await WithFileAsync("#!/bin/sh\necho ran\n", "/box/file")).Stdout);
    }

    [Fact]
    public async Task Without_a_slash_a_program_is_looked_up_in_the_path_and_a_refusal_is_remembered()
    {
        Assert.Equal("x\n", (await sandboxes.RunAsync(Steps.Of("echo", "x"))).Stdout);
        var inEtc = Steps.Of("passwd") with { Environment = new Dictionary<string, string> { ["PATH"] = "/nowhere:/etc:/nowhere/either" } };
        Assert.Equal(new StartFailure(StartPhase.Exec, Errno.EACCES, 0), (await sandboxes.RunAsync(inEtc)).End.Failure);
        var noPath = Steps.Of("echo", "y") with { Environment = new Dictionary<string, string>() };
        Assert.Equal("y\n", (await sandboxes.RunAsync(noPath)).Stdout);
    }

    [Fact]
    public async Task A_working_directory_that_is_not_there_is_the_callers_fault()
    {
        var result = await sandboxes.RunAsync(Steps.Of("/bin/true") with { WorkingDirectory = "/nowhere" });
        Assert.Equal(new StartFailure(StartPhase.WorkingDirectory, Errno.ENOENT, 0), result.End.Failure);
    }

    [Fact]
    public async Task Arguments_and_environment_arrive_as_they_are_also_when_they_are_long()
    {
        var many = Enumerable.Range(0, 3000).Select(i => $"argument {i} ü").ToArray();
        var launch = Steps.Of(["/bin/sh", "-c", "echo $#; eval echo \\\"\\${$#}\\\"; echo \"$NAME\"; env | wc -l", "sh", .. many]) with
        {
            Environment = new Dictionary<string, string> { ["PATH"] = "/bin", ["NAME"] = "a b\nc" },
        };
        var result = await sandboxes.RunAsync(launch);
        Assert.StartsWith("3000\nargument 2999 ü\na b\nc\n", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stdin_is_what_was_given_and_otherwise_empty()
    {
        Assert.Equal("", (await sandboxes.RunAsync(Steps.Of("/bin/cat"))).Stdout);
        using var input = ContentCalls.SealedMemory("hello\nworld\n"u8);
        Assert.Equal("hello\nworld\n", (await sandboxes.RunAsync(Steps.Of("/bin/cat") with { Stdin = input })).Stdout);
    }

    [Fact]
    public async Task Orphans_are_reaped_while_the_step_runs()
    {
        // Each child of the subshell outlives its parent and ends: unreaped it would be a zombie in the step's own /proc, at every look.
        var result = await sandboxes.ShellAsync("for i in 1 2 3 4 5 6 7 8; do (sh -c 'exec true' &); done; i=0; n=1; while [ $n != 0 ] && [ $i -lt 300 ]; do i=$((i+1)); n=$(grep -ls '^State:.Z' /proc/[0-9]*/status | wc -l); done; echo $n");
        Assert.Equal("0\n", result.Stdout);
    }

    [Fact]
    public async Task A_daemon_that_ignores_signals_ends_with_the_step_and_the_status_is_the_commands()
    {
        var result = await sandboxes.ProbeAsync("daemon");
        Assert.Equal(0, result.ExitCode);
        Assert.Null(result.End.Killed);
        Assert.InRange(result.End.DeadNs - result.End.ExitedNs!.Value, 0, 5_000_000_000);
    }

    [Fact]
    public async Task A_signal_asked_for_reaches_the_command_and_what_it_started()
    {
        var step = await sandboxes.Host.StartStepAsync(Steps.Of("/bin/sh", "-c", "trap 'echo got; exit 5' TERM; echo up; while :; do sleep 0.01; done"), TestContext.Current.CancellationToken);
        await Eventually.AsyncThat(() => step.StdoutLength > 0, "the step says that it is up");
        step.Signal(15);
        var end = await step.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal((5 << 8, "up\ngot\n"), (end.WaitStatus, SandboxFixture.Read(step, StepStream.Stdout)));
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task A_step_can_be_released_only_after_its_end()
    {
        var step = await sandboxes.Host.StartStepAsync(Steps.Of("/bin/sleep", "60"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await step.ReleaseAsync());
        step.Kill(KillReason.Cancelled);
        var end = await step.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.Cancelled, end.Killed);
        await step.ReleaseAsync();
        await step.ReleaseAsync();
    }

    private async Task<StepResult> WithFileAsync(string content, string command)
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        using var memory = ContentCalls.SealedMemory(bytes);
        return await sandboxes.RunAsync(Steps.Of(command) with
        {
            Workspace = new WorkspaceMount(workspace, ReadOnly: false),
            Files = [new StepFile("file", Executable: true, memory, 0, bytes.Length)],
        });
    }

    [Fact]
    public async Task Pid_1_needs_no_more_memory_however_many_orphans_it_reaps()
    {
        var step = await sandboxes.Host.StartStepAsync(Steps.Of("/bin/sh", "-c", "i=0; while [ $i -lt 2000 ]; do (true &); i=$((i+1)); done; echo done; exec sleep 60") with { WallTime = TimeSpan.FromMinutes(5), CpuTime = TimeSpan.FromMinutes(5) }, TestContext.Current.CancellationToken);
        await Eventually.AsyncThat(() => step.StdoutLength > 0, "all orphans were made", TimeSpan.FromMinutes(4));
        // From outside: the warm ones and the running one are the cloner's children. A fresh stack is 132 kB.
        var inits = File.ReadAllText($"/proc/{sandboxes.Host.ClonerProcessId}/task/{sandboxes.Host.ClonerProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var states = inits.Select(init => File.ReadAllText($"/proc/{init}/status")).ToList();
        step.Kill(KillReason.Cancelled);
        await step.Completion;
        await step.ReleaseAsync();
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.Matches("VmStk:\\s+1[0-9]{2} kB", state));
    }
}
