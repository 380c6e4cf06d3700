namespace Corral.Agent.Tests;

public sealed class SandboxExceptionTests
{
    [Fact]
    public void The_message_says_step_target_reason_and_remedy()
    {
        var e = new SandboxException(SandboxStep.SetLimit, "/sys/fs/cgroup/x/memory.max", 13, "Run as root.");
        Assert.Equal("SetLimit failed on '/sys/fs/cgroup/x/memory.max': Permission denied (errno 13). Run as root.", e.Message);
        Assert.False(e.IsTransient);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(24)]
    public void What_may_pass_by_itself_is_transient(int errno) => Assert.True(new SandboxException(SandboxStep.CreateGroup, "x", errno).IsTransient);
}
