using System.Globalization;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>What a step sees of the world, and what it may do in it.</summary>
[Collection(SandboxTurns.Name)]
public sealed class IsolationTests(SandboxFixture sandboxes)
{
    private const string NoCapabilities = "0000000000000000";

    [Fact]
    public async Task All_five_capability_sets_of_a_step_are_empty_and_it_can_gain_nothing()
    {
        var status = await StatusAsync();
        Assert.Equal([NoCapabilities, NoCapabilities, NoCapabilities, NoCapabilities, NoCapabilities], new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }.Select(n => status[n]));
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("2", status["Seccomp"]);
    }

    [Fact]
    public async Task Pid_1_keeps_three_capabilities_and_its_bounding_and_ambient_sets_are_empty()
    {
        var step = await sandboxes.Host.StartStepAsync(Steps.Of("/bin/sh", "-c", "echo up; exec sleep 30"), TestContext.Current.CancellationToken);
        await Eventually.AsyncThat(() => step.StdoutLength > 0, "the step says that it is up");
        // From outside: the warm ones and the running one are the cloner's children.
        var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{sandboxes.Host.ClonerProcessId}/task/{sandboxes.Host.ClonerProcessId}/children"));
        var inits = children.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(inits);
        foreach (var init in inits)
        {
            var status = Parse(File.ReadAllText($"/proc/{init}/status"));
            if (status["Seccomp"] != "2") continue; // still being made
            const string killSetGidSetUid = "00000000000000e0";
            Assert.Equal([NoCapabilities, killSetGidSetUid, killSetGidSetUid, NoCapabilities, NoCapabilities], new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }.Select(n => status[n]));
            Assert.Equal("1", status["NoNewPrivs"]);
        }

        step.Kill(Agent.Sandbox.KillReason.Cancelled);
        await step.Completion;
        await step.ReleaseAsync();
    }

    [Fact]
    public async Task A_step_has_descriptors_0_to_2_and_no_other()
    {
        // 3 is the listing's own.
        var result = await sandboxes.ShellAsync("ls /proc/self/fd; readlink /proc/self/fd/0");
        Assert.Equal("0\n1\n2\n3\n/dev/null\n", result.Stdout);
    }

    [Fact]
    public async Task A_step_may_run_on_every_processor_that_the_agent_may()
    {
        // It is kept on one until its execve: see Processors.Stay.
        var allowed = Parse(File.ReadAllText("/proc/self/status"))["Cpus_allowed"];
        for (var i = 0; i < 20; i++) Assert.Equal(allowed, (await StatusAsync())["Cpus_allowed"]);
    }

    [Fact]
    public async Task Every_namespace_of_a_step_is_its_own()
    {
        var result = await sandboxes.ShellAsync("for n in mnt pid net ipc uts cgroup; do readlink /proc/self/ns/$n; done");
        var inside = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var outside = new[] { "mnt", "pid", "net", "ipc", "uts", "cgroup" }.Select(n => new FileInfo($"/proc/self/ns/{n}").LinkTarget!).ToArray();
        Assert.Equal(outside.Length, inside.Length);
        Assert.Empty(inside.Intersect(outside));
        var again = await sandboxes.ShellAsync("readlink /proc/self/ns/mnt");
        Assert.DoesNotContain(again.Stdout.Trim(), inside);
    }

    [Fact]
    public async Task A_step_sees_the_mounts_it_needs_and_no_path_of_the_host()
    {
        var result = await sandboxes.ShellAsync("cat /proc/self/mountinfo");
        var mounts = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).ToList();
        Assert.Superset(new HashSet<string> { "/", "/usr", "/dev", "/dev/shm", "/proc" }, mounts.Select(m => m[4]).ToHashSet());
        Assert.All(mounts, m => Assert.Contains("nosuid", m[5], StringComparison.Ordinal));
        Assert.All(mounts.Where(m => m[4] is "/usr" or "/dev"), m => Assert.StartsWith("ro,", m[5], StringComparison.Ordinal));
        // Everywhere but where the nodes are.
        Assert.All(mounts.Where(m => m[4] != "/dev"), m => Assert.Contains("nodev", m[5], StringComparison.Ordinal));
        // No peer to propagate to or from.
        Assert.All(mounts, m => Assert.DoesNotContain(m, w => w.StartsWith("shared:", StringComparison.Ordinal) || w.StartsWith("master:", StringComparison.Ordinal)));
        Assert.DoesNotContain(sandboxes.StateDirectory, result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_has_its_own_hostname_and_a_loopback_that_is_up_and_nothing_else()
    {
        // An address of 127/8 is in the table of local routes only while lo is up.
        var result = await sandboxes.ShellAsync("uname -n; tail -n +3 /proc/self/net/dev | cut -d: -f1 | tr -d ' '; grep -c 127.0.0.1 /proc/self/net/fib_trie");
        Assert.Matches("^sandbox\nlo\n[1-9][0-9]*\n$", result.Stdout);
    }

    [Fact]
    public async Task A_step_runs_as_its_own_user_in_no_group_and_leads_a_session()
    {
        var status = await StatusAsync();
        Assert.Equal(string.Join('\t', Enumerable.Repeat(Steps.Uid, 4)), status["Uid"]);
        Assert.Equal(string.Join('\t', Enumerable.Repeat(Steps.Uid, 4)), status["Gid"]);
        Assert.Equal("", status["Groups"].Trim());
        var result = await sandboxes.ShellAsync("cut -d' ' -f1,5,6 /proc/self/stat; cut -d' ' -f5,6 /proc/$$/stat; echo $$");
        var lines = result.Stdout.Split('\n');
        Assert.Equal($"{lines[2]} {lines[2]}", lines[1]);
    }

    [Fact]
    public async Task Proc_shows_the_steps_own_processes_and_nothing_of_the_host()
    {
        var result = await sandboxes.ShellAsync("ls /proc; cat /proc/1/environ /proc/1/status; ls /proc/1/fd; cat /proc/kcore /proc/kallsyms /proc/sys/kernel/hostname; echo 1 > /proc/sys/kernel/panic");
        var entries = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // subset=pid: numbers, self and thread-self. hidepid=2: PID 1, root's, is not among them.
        Assert.All(entries, e => Assert.True(e is "self" or "thread-self" || int.TryParse(e, out var pid) && pid != 1, $"/proc shows '{e}'"));
        Assert.Equal(7, result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task The_cgroup_path_of_a_step_is_the_root()
    {
        var result = await sandboxes.ShellAsync("cat /proc/self/cgroup");
        var own = result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l.StartsWith("0::", StringComparison.Ordinal)
            || l.Split(':')[1] is "memory" or "pids" or "cpu" or "cpuacct" or "cpu,cpuacct").ToList();
        Assert.NotEmpty(own);
        Assert.All(own, l => Assert.EndsWith(":/", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Devices_are_the_harmless_five_and_cannot_be_changed()
    {
        var result = await sandboxes.ShellAsync("ls /dev; head -c 4 /dev/zero | od -An -tx1; head -c 1 /dev/urandom | wc -c; echo x > /dev/null && echo null; head -c 1 /dev/zero > /dev/full; touch /dev/new; rm /dev/null");
        Assert.StartsWith("fd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\nzero\n 00 00 00 00\n1\nnull\n", result.Stdout, StringComparison.Ordinal);
        Assert.Contains("No space left", result.Stderr, StringComparison.Ordinal);
        Assert.Equal(2, result.Stderr.Split("Read-only file system").Length - 1);
    }

    [Fact]
    public async Task Programs_and_configuration_cannot_be_written_and_tmp_can()
    {
        var result = await sandboxes.ShellAsync("touch /usr/x; touch /etc/x; touch /x; touch /box/x; touch /tmp/x && touch /var/tmp/x && touch /dev/shm/x && echo ok");
        Assert.Equal("ok\n", result.Stdout);
        Assert.Equal(4, result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Nothing_of_one_step_is_left_for_the_next()
    {
        await sandboxes.ShellAsync("echo secret > /tmp/secret; echo secret > /dev/shm/secret; mkfifo /tmp/fifo");
        var result = await sandboxes.ShellAsync("ls -A /tmp /dev/shm /var/tmp /box");
        Assert.Equal("/box:\n\n/dev/shm:\n\n/tmp:\n\n/var/tmp:\n", result.Stdout);
    }

    [Fact]
    public async Task A_step_may_signal_and_write_its_oom_score_only_upwards()
    {
        var result = await sandboxes.ShellAsync("cat /proc/self/oom_score_adj; echo -1000 > /proc/self/oom_score_adj; cat /proc/self/oom_score_adj");
        Assert.Equal(["0", "0"], result.Stdout.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<Dictionary<string, string>> StatusAsync() => Parse((await sandboxes.ShellAsync("cat /proc/self/status")).Stdout);

    private static Dictionary<string, string> Parse(string status) =>
        status.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(":\t", 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
}
