using Corral.Agent.Doctor;

namespace Corral.Agent.KernelTests.Doctor;

public sealed class HostDoctorTests(CgroupFixture fixture)
{
    [Fact]
    public async Task A_host_that_runs_this_suite_passes_every_needed_check_and_nothing_is_left()
    {
        var mounts = File.ReadAllText("/proc/self/mountinfo");
        var checks = await HostDoctor.RunAsync(Options(), TestContext.Current.CancellationToken);

        Assert.Equal("", string.Join("; ", checks.Where(c => c.State == CheckState.Fail).Select(c => $"{c.Name}: {c.Detail}")));
        HostDoctor.Require(checks);
        Assert.Equal(
            ["kernel", "capabilities", "capability.sys_resource", "cgroup.controllers", "cgroup.group", "clone_into_cgroup", "seccomp", "namespace.pid", "namespace.net", "namespace.ipc",
             "namespace.uts", "namespace.cgroup", "namespace.mnt", "tmpfs", "overlayfs", "mount_api", "user_range", "open_files", "launcher", "state_folder", "clock"],
            checks.Select(c => c.Name));
        Assert.All(checks, c => Assert.Equal(c.State == CheckState.Ok, c.Remedy is null));
        Assert.Equal(mounts, File.ReadAllText("/proc/self/mountinfo"));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(fixture.StateDirectory), p => p.Contains("doctor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_launcher_is_a_refusal_with_the_remedy()
    {
        var checks = await HostDoctor.RunAsync(Options() with { LauncherPath = "/nonexistent/corral-init" }, TestContext.Current.CancellationToken);
        var refusal = Assert.Throws<SandboxException>(() => HostDoctor.Require(checks));
        Assert.Equal("launcher", refusal.Target);
        Assert.Contains("Build the solution", refusal.Message, StringComparison.Ordinal);
    }

    // Any ELF stands for the launcher here: whether that one works is what the sandbox suites prove.
    private DoctorOptions Options() => new() { StateDirectory = fixture.StateDirectory, LauncherPath = "/bin/sh", FirstUserId = 1_880_000_000, UserCount = 10_000 };
}
