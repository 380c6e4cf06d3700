
namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>The seccomp filter and the missing privileges, tried from inside.</summary>
[Collection(SandboxTurns.Name)]
public sealed class DenialTests(SandboxFixture sandboxes)
{
    private const int NotPermitted = 1, NoSuchCall = 38, NoSuchFamily = 97;
    private const int BadSystemCall = 31;

    [Fact]
    public async Task What_needs_privileges_or_reaches_the_kernels_wide_surfaces_is_refused_with_a_stable_errno()
    {
        var result = await sandboxes.ProbeAsync("denied");
        var seen = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).ToDictionary(w => w[0], w => int.Parse(w[1], System.Globalization.CultureInfo.InvariantCulture));
        foreach (var (call, errno) in seen)
        {
            var expected = call switch
            {
                "clone3" or "unknown" => NoSuchCall,
                "socket_packet" or "socket_vsock" or "socket_alg" or "socket_netlink_audit" => NoSuchFamily,
                "socket_unix" or "socket_inet" or "socket_netlink_route" => 0,
                _ => NotPermitted,
            };
            Assert.True(errno == expected, $"{call} gave errno {errno}, expected {expected}");
        }

        Assert.Equal(43, seen.Count);
    }

    [Theory]
    [InlineData("x32")]
    [InlineData("i386")]
    public async Task A_call_through_a_foreign_interface_ends_the_program(string way)
    {
        Assert.SkipWhen(way == "i386" && UserModeLinux.IsHere, "int 0x80 arrives there as the x86-64 call of that number");
        var result = await sandboxes.ProbeAsync(way);
        Assert.Equal(BadSystemCall, result.Signal);
    }

    [Fact]
    public async Task Killing_every_process_in_reach_ends_only_the_step()
    {
        var result = await sandboxes.ShellAsync("kill -9 1; kill -9 -1; echo alive");
        // All but itself: PID 1 belongs to another user.
        Assert.Equal((0, "alive\n"), (result.ExitCode, result.Stdout));
        Assert.Equal(0, (await sandboxes.ShellAsync("exit 0")).ExitCode);
    }

    [Fact]
    public async Task A_step_as_root_is_a_mistake_of_the_caller()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => sandboxes.Host.StartStepAsync(Steps.Of("/bin/true") with { Uid = 0 }, TestContext.Current.CancellationToken));
    }
}
