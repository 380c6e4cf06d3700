using System.Globalization;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>What is left after a thousand sandboxes, counted from /proc and the group tree.</summary>
[Collection(SandboxesAlone.Name)]
public sealed class LeakTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task A_thousand_sandboxes_leave_no_descriptor_mount_process_or_group()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await RunAsync(workspace, 100);
        var before = await SettledAsync();
        await RunAsync(workspace, 1000);
        await Eventually.AsyncThat(() => Count().IsAtMost(before), $"no count is above what it was: {before}; now {Count()}");
    }

    [Fact]
    public async Task Every_sandbox_is_used_once()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var namespaces = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => sandboxes.ShellAsync("readlink /proc/self/ns/pid /proc/self/ns/mnt")));
        // A number may come again once its namespace is gone, so what counts is that a sandbox finds no trace: the first process it starts has the same pid.
        var pids = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => sandboxes.ShellAsync("echo $$")));
        Assert.All(namespaces, n => Assert.Equal(0, n.ExitCode));
        Assert.All(pids, p => Assert.Equal("2\n", p.Stdout));
    }

    private async Task RunAsync(MountedWorkspace workspace, int count)
    {
        var left = count;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var result = await sandboxes.RunAsync(Steps.Of("/bin/echo", "x") with { Workspace = new WorkspaceMount(workspace, ReadOnly: false) });
                Assert.Equal((0, "x\n"), (result.ExitCode, result.Stdout));
            }
        }));
    }

    private async Task<Counts> SettledAsync()
    {
        await Eventually.AsyncThat(() => sandboxes.Host.WarmCount == 2 && sandboxes.Driver.List().Count == 2, "only warm sandboxes are left");
        return Count();
    }

    private Counts Count()
    {
        var (launcher, cloner) = (sandboxes.Host.LauncherProcessId, sandboxes.Host.ClonerProcessId);
        var children = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{cloner}/task/{cloner}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        return new Counts(
            Directory.GetFiles($"/proc/{launcher}/fd").Length, Directory.GetFiles($"/proc/{cloner}/fd").Length,
            File.ReadAllLines($"/proc/{launcher}/mountinfo").Length, File.ReadAllLines($"/proc/{cloner}/mountinfo").Length, File.ReadAllLines("/proc/self/mountinfo").Length,
            children, sandboxes.Driver.List().Count, Directory.GetFiles("/proc/self/fd").Count(f => new FileInfo(f).LinkTarget is { } t && (t.StartsWith("socket", StringComparison.Ordinal) || t.StartsWith("pipe", StringComparison.Ordinal) || t.Contains("memfd:std", StringComparison.Ordinal) || t.Contains("pidfd", StringComparison.Ordinal))));
    }

    private sealed record Counts(int LauncherFiles, int ClonerFiles, int LauncherMounts, int ClonerMounts, int OwnMounts, int Sandboxes, int Groups, int OwnSandboxFiles)
    {
        // Below is possible: a sandbox in the making has more descriptors than a warm one.
        public bool IsAtMost(Counts other) =>
            LauncherFiles <= other.LauncherFiles && ClonerFiles <= other.ClonerFiles && LauncherMounts <= other.LauncherMounts && ClonerMounts <= other.ClonerMounts &&
            OwnMounts <= other.OwnMounts && Sandboxes <= other.Sandboxes && Groups <= other.Groups && OwnSandboxFiles <= other.OwnSandboxFiles;
    }
}
