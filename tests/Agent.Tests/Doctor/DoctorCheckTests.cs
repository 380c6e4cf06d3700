using Corral.Agent.Doctor;
using Corral.Agent.Tests.Testing;

namespace Corral.Agent.Tests.Doctor;

public sealed class DoctorCheckTests : IDisposable
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/usr/sbin/nologin\nworker:x:5007:5007::/:/bin/sh\nbroken line\n:::\n";
    private readonly TempDirectory temp = new();

    [Theory]
    [InlineData("6.18.44-fc-v669", 6, 18)]
    [InlineData("6.1.0-28-amd64", 6, 1)]
    [InlineData("5.15.167.4-microsoft-standard-WSL2", 5, 15)]
    [InlineData("6.6-rc1", 6, 6)]
    public void A_release_gives_its_first_two_numbers(string release, int major, int minor) => Assert.Equal(new Version(major, minor), KernelCheck.Parse(release));

    [Theory]
    [InlineData("")]
    [InlineData("6")]
    [InlineData("x.y.z")]
    [InlineData("6.")]
    [InlineData("-1.5")]
    [InlineData("99999999999.1")]
    public void A_release_without_numbers_is_a_warning_not_a_refusal(string release)
    {
        Assert.Null(KernelCheck.Parse(release));
        Assert.Equal(CheckState.Warn, KernelCheck.Of(release).State);
    }

    [Theory]
    [InlineData("4.19.0", CheckState.Fail)]
    [InlineData("5.13.19", CheckState.Fail)]
    [InlineData("5.14.0", CheckState.Warn)]
    [InlineData("6.1.0-28-amd64", CheckState.Ok)]
    [InlineData("7.0.1", CheckState.Ok)]
    public void A_kernel_before_cgroup_kill_is_refused(string release, object state) => Assert.Equal((CheckState)state, KernelCheck.Of(release).State);

    [Theory]
    [InlineData("Name:\tx\nCapEff:\t000001ffffffffff\n", CheckState.Ok, "present")]
    [InlineData("CapEff:\t000001fffeffffff\n", CheckState.Ok, "absent")] // without CAP_SYS_RESOURCE, as in Docker
    [InlineData("CapEff:\t00000000a80425fb\n", CheckState.Fail, "absent")] // Docker's default set
    [InlineData("CapEff:\t0000000000000000\n", CheckState.Fail, "absent")]
    public void Missing_capabilities_are_named_and_sys_resource_is_only_reported(string status, object state, string sysResource)
    {
        var checks = CapabilityChecks.Of(status).ToList();
        Assert.Equal((CheckState)state, checks[0].State);
        Assert.StartsWith(sysResource, checks[1].Detail, StringComparison.Ordinal);
        Assert.False(checks[1].Blocks);
    }

    [Fact]
    public void Dockers_default_set_lacks_the_two_that_compose_adds() =>
        Assert.Equal("missing CAP_NET_ADMIN, CAP_SYS_ADMIN", CapabilityChecks.Of("CapEff:\t00000000a80425fb\n").First().Detail);

    [Theory]
    [InlineData("")]
    [InlineData("CapEff:")]
    [InlineData("CapEff:\tzz\n")]
    [InlineData("CapEff:\t1ffffffffffffffff\n")]
    public void An_unreadable_set_is_a_refusal(string status) => Assert.True(CapabilityChecks.Of(status).Single().Blocks);

    [Theory]
    [InlineData("Max open files            1024                 20000                files     \n", 20000L)]
    [InlineData("Limit Soft Hard Units\nMax open files            1024                 unlimited                files     \n", long.MaxValue)]
    [InlineData("Max open files\n", null)]
    [InlineData("Max open files 1024\n", null)]
    [InlineData("Max open files x y files\n", null)]
    [InlineData("", null)]
    public void The_hard_limit_is_the_second_number(string limits, long? expected) => Assert.Equal(expected, OpenFilesCheck.Hard(limits));

    [Theory]
    [InlineData(100, CheckState.Fail)]
    [InlineData(1024, CheckState.Warn)]
    [InlineData(4096, CheckState.Ok)]
    public void A_hard_limit_below_what_steps_may_ask_for_is_refused(int hard, object state) =>
        Assert.Equal((CheckState)state, OpenFilesCheck.Of($"Max open files 100 {hard} files", mostOfAStep: 256).State);

    [Theory]
    [InlineData(5000, 100, CheckState.Fail)] // worker
    [InlineData(6000, 100, CheckState.Ok)]
    [InlineData(0, 100, CheckState.Fail)]
    [InlineData(int.MaxValue, 100, CheckState.Fail)]
    [InlineData(100_000, 100, CheckState.Warn)] // in alice's subordinate range
    [InlineData(165_536, 100, CheckState.Ok)] // the first id beyond it
    [InlineData(7_000, 10, CheckState.Warn)] // a process runs under 7005
    public void The_user_range_is_nobody_elses(int first, int count, object state) =>
        Assert.Equal((CheckState)state, UserRangeCheck.Of(first, count, Passwd, "alice:100000:65536\nbroken\na:b:c\n", [0, 7005]).State);

    [Fact]
    public void The_launcher_must_be_an_executable_of_its_kind()
    {
        Assert.True(LauncherCheck.Of(temp.File("none")).Blocks);
        File.WriteAllText(temp.File("text"), "#!/bin/sh\n");
        Assert.Contains("no executable", LauncherCheck.Of(temp.File("text")).Detail, StringComparison.Ordinal);
        File.WriteAllBytes(temp.File("elf"), [0x7F, (byte)'E', (byte)'L', (byte)'F', 2]);
        Assert.Contains("may not be executed", LauncherCheck.Of(temp.File("elf")).Detail, StringComparison.Ordinal);
        File.SetUnixFileMode(temp.File("elf"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(CheckState.Ok, LauncherCheck.Of(temp.File("elf")).State);
    }

    [Fact]
    public void A_state_folder_is_made_and_a_path_too_long_for_a_socket_is_refused()
    {
        Assert.NotEqual(CheckState.Fail, StateFolderCheck.Of(temp.File("state")).State);
        Assert.True(Directory.Exists(temp.File("state")));
        Assert.True(StateFolderCheck.Of(temp.File(new string('x', 100))).Blocks);
        Assert.True(StateFolderCheck.Of("/proc/corral").Blocks);
    }

    [Fact]
    public void A_clock_in_the_past_is_a_warning()
    {
        Assert.Equal(CheckState.Warn, ClockCheck.Of(DateTimeOffset.UnixEpoch).State);
        Assert.Equal(CheckState.Ok, ClockCheck.Of(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)).State);
    }

    [Fact]
    public void A_refusal_names_every_needed_check_that_failed_and_no_other()
    {
        var refusal = Assert.Throws<SandboxException>(() => HostDoctor.Require(
        [
            DoctorCheck.Ok("kernel", "6.1"), DoctorCheck.Fail("overlayfs", "No such device (errno 19)", "Load the module: modprobe overlay."),
            DoctorCheck.Fail("optional", "absent", "Never mind.", needed: false), DoctorCheck.Fail("launcher", "missing", "Build the solution."),
        ]));
        Assert.Equal("overlayfs, launcher", refusal.Target);
        Assert.Contains("modprobe overlay", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Never mind", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => temp.Dispose();
}
