using System.Diagnostics;
using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>The launcher itself: one for a state folder, dependent on the lease, replaced when it dies.</summary>
[Collection(SandboxTurns.Name)]
public sealed class LauncherTests(SandboxFixture sandboxes, CgroupFixture cgroups)
{
    [Fact]
    public async Task A_second_launcher_in_the_same_state_folder_refuses()
    {
        using var second = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "corral-init"), ["launcher", sandboxes.StateDirectory, long.MaxValue.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true })!;
        var said = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(65, second.ExitCode);
        Assert.Contains(sandboxes.StateDirectory, said, StringComparison.Ordinal);
        Assert.Equal(0, (await sandboxes.ShellAsync("true")).ExitCode);
    }

    [Fact]
    public async Task A_second_agent_is_turned_away_while_the_first_is_attached()
    {
        var failure = await Assert.ThrowsAsync<SandboxException>(() =>
            SandboxHost.StartAsync(new SandboxOptions { StateDirectory = sandboxes.StateDirectory }, sandboxes.Driver, NullLoggerFactory.Instance, TestContext.Current.CancellationToken));
        Assert.Contains("another agent", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await sandboxes.ShellAsync("true")).ExitCode);
    }

    [Fact]
    public async Task A_launcher_that_cannot_start_says_why()
    {
        var options = new SandboxOptions { StateDirectory = Path.Combine(sandboxes.StateDirectory, "inner"), StartLog = "/nowhere/log" };
        var failure = await Assert.ThrowsAsync<SandboxException>(() => SandboxHost.StartAsync(options, sandboxes.Driver, NullLoggerFactory.Instance, TestContext.Current.CancellationToken));
        Assert.Contains("Opening the start log failed on '/nowhere/log': errno 2.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_is_for_its_owner_alone()
    {
        await Task.CompletedTask;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(sandboxes.StateDirectory, "launcher.sock")));
    }

    [Fact]
    public async Task The_log_has_a_line_for_the_start_and_one_for_the_end_of_each_step()
    {
        var launch = Steps.Of("/bin/true") with { StepIndex = 3 };
        await sandboxes.RunAsync(launch);
        // The launcher sees the death by itself, perhaps a moment after the agent.
        List<string[]> Lines() => [.. File.ReadAllLines(sandboxes.StartLog).Select(l => l.Split(' ')).Where(w => w[0] == $"{launch.Attempt}")];
        await Eventually.AsyncThat(() => Lines().Count == 2, "the end is logged");
        var lines = Lines();
        Assert.Equal([("3", "start"), ("3", "end")], lines.Select(w => (w[1], w[3])));
        Assert.True(long.Parse(lines[0][2], CultureInfo.InvariantCulture) < long.Parse(lines[1][2], CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task An_attached_agents_steps_end_with_its_lease_and_none_starts_until_it_is_renewed()
    {
        await using var room = await Room.StartAsync(cgroups, "renewal");
        var step = await room.Host.StartStepAsync(Steps.Of("/bin/sleep", "60"), TestContext.Current.CancellationToken);
        room.Host.RenewLease(TimeSpan.FromMilliseconds(50));
        var end = await step.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(KillReason.LeaseEnded, end.Killed);
        await step.ReleaseAsync();

        var refused = await room.RunAsync(Steps.Of("/bin/true"));
        Assert.Equal(StartPhase.Lease, refused.Failure?.Phase);
        Assert.False(refused.Failure!.IsCallersFault);
        room.Host.RenewLease(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await room.RunAsync(Steps.Of("/bin/true"))).WaitStatus);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_launcher_or_cloner_is_killed_its_steps_end_as_our_fault_and_another_takes_over(bool cloner)
    {
        await using var room = await Room.StartAsync(cgroups, $"killed-{cloner}");
        var first = room.Host.LauncherProcessId;
        var step = await room.Host.StartStepAsync(Steps.Of("/bin/sleep", "60"), TestContext.Current.CancellationToken);
        using (var victim = Process.GetProcessById(cloner ? room.Host.ClonerProcessId : first)) victim.Kill();
        var end = await step.Completion.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(StartPhase.LauncherLost, end.Failure?.Phase);
        Assert.Null(end.WaitStatus);
        await step.ReleaseAsync();
        await Eventually.AsyncThat(() => room.Host.TryGetLauncher(out var now) && now != first, "another launcher takes over");
        Assert.Equal(0, (await room.RunAsync(Steps.Of("/bin/true"))).WaitStatus);
    }

    [Fact]
    public async Task Unused_sandboxes_count_as_overhead()
    {
        await using var room = await Room.StartAsync(cgroups, "overhead");
        await room.RunAsync(Steps.Of("/bin/true"));
        await Eventually.AsyncThat(() => room.Host.WarmCount == 1, "the pool is full again");
        var before = room.Host.UnusedCpuNs;
        await room.Host.DisposeAsync();
        Assert.InRange(room.Host.UnusedCpuNs - before, UserModeLinux.LeastCpuNs, 10_000_000_000);
    }

    [Fact]
    public async Task A_stop_while_sandboxes_are_being_made_waits_for_them_and_leaves_no_group()
    {
        for (var i = 0; i < 12; i++)
        {
            var room = await Room.StartAsync(cgroups, "filling", warmCount: 8, SandboxImage.Host);
            SpinWait.SpinUntil(() => room.Host.WarmCount > i % 6);
            var began = Stopwatch.GetTimestamp();
            await room.DisposeAsync();
            Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, SandboxHost.StopTime - TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>A room of a test's own.</summary>
    private sealed class Room(SandboxHost host, ICgroupDriver driver, string state) : IAsyncDisposable
    {
        public SandboxHost Host { get; } = host;

        public static async Task<Room> StartAsync(CgroupFixture cgroups, string name, int warmCount = 1, params SandboxImage[] prewarm)
        {
            var state = Path.Combine(cgroups.StateDirectory, name);
            var driver = CgroupDrivers.Open(state);
            var host = await SandboxHost.StartAsync(
                new SandboxOptions { StateDirectory = state, WarmCount = warmCount, Prewarm = prewarm, InitialLease = TimeSpan.FromMinutes(5) }, driver, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
            return new Room(host, driver, state);
        }

        public async Task<StepEnd> RunAsync(StepLaunch launch)
        {
            var step = await Host.StartStepAsync(launch, TestContext.Current.CancellationToken);
            var end = await step.Completion.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
            await step.ReleaseAsync();
            return end;
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            Assert.Empty(driver.List());
            driver.Dispose();
            Directory.Delete(state, recursive: true);
        }
    }
}
