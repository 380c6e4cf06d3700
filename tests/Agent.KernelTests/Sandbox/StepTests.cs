namespace Corral.Agent.KernelTests.Sandbox;

public sealed class StepTests(SandboxFixture sandboxes) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task A_program_that_ends_well_has_status_0_and_its_output()
    {
        var result = await sandboxes.ShellAsync("echo out; echo err >&2");
        Assert.Equal((0, "out\n", "err\n"), (result.ExitCode, result.Stdout, result.Stderr));
        Assert.Null(result.End.Failure);
        Assert.Null(result.End.Killed);
        Assert.Equal(4, result.End.StdoutBytes);
    }
}
