using Corral.Agent.Interop;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Workspaces: shared between steps, frozen, limited, and seen from outside.</summary>
[Collection(SandboxTurns.Name)]
public sealed class WorkspaceTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task What_one_step_leaves_the_next_finds()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        Assert.Equal(0, (await InAsync(workspace, "pwd > here; mkdir d; echo x > d/f")).ExitCode);
        Assert.Equal("/box\nx\n", (await InAsync(workspace, "cat here d/f")).Stdout);
    }

    [Fact]
    public async Task A_frozen_workspace_can_be_read_and_executed_from_and_not_written()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await InAsync(workspace, "printf '#!/bin/sh\\necho ran\\n' > run; chmod +x run");
        var frozen = await InAsync(workspace, "./run; touch new; echo x >> run; rm run; chmod 777 run", readOnly: true);
        Assert.Equal("ran\n", frozen.Stdout);
        Assert.Equal(4, frozen.Stderr.Split("Read-only file system").Length - 1);
        // Its other views are as they were.
        Assert.Equal(0, (await InAsync(workspace, "touch new")).ExitCode);
    }

    [Fact]
    public async Task Several_steps_may_read_one_frozen_workspace_at_once()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await InAsync(workspace, "echo shared > f");
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => InAsync(workspace, "cat f", readOnly: true)));
        Assert.All(results, r => Assert.Equal("shared\n", r.Stdout));
    }

    [Fact]
    public async Task Its_size_and_its_inodes_are_limited()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync(bytes: 1 << 20, inodes: 50);
        var full = await InAsync(workspace, "head -c 2000000 /dev/zero > big; stat -c %s big");
        Assert.Equal("1048576\n", full.Stdout);
        var inodes = await InAsync(workspace, "rm big; i=0; while [ $i -lt 100 ]; do true > f$i || break; i=$((i+1)); done 2>/dev/null; ls | wc -l");
        Assert.Equal("49\n", inodes.Stdout);
    }

    [Fact]
    public async Task The_agent_reads_it_through_its_root_directory_and_no_link_leads_out()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await InAsync(workspace, "echo result > out; ln -s /etc/passwd link; ln -s /box/out inner");
        using (var file = FileCalls.TryOpenBeneath(workspace.RootDirectory, "out", OpenFlags.ReadOnly, 0, out _))
            Assert.Equal(7, RandomAccess.GetLength(file!));
        Assert.Null(FileCalls.TryOpenBeneath(workspace.RootDirectory, "link", OpenFlags.ReadOnly, 0, out var errno));
        Assert.Equal(Errno.ELOOP, errno);
        Assert.Null(FileCalls.TryOpenBeneath(workspace.RootDirectory, "../w", OpenFlags.ReadOnly, 0, out errno));
        Assert.Equal(Errno.EXDEV, errno);
    }

    [Fact]
    public async Task It_carries_no_devices_and_no_setuid_programs()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var result = await InAsync(workspace, "grep ' /box ' /proc/self/mountinfo | cut -d' ' -f6");
        Assert.Contains("nosuid", result.Stdout, StringComparison.Ordinal);
        Assert.Contains("nodev", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_that_is_gone_fails_the_start_and_not_the_caller()
    {
        var workspace = await sandboxes.CreateWorkspaceAsync();
        await workspace.DisposeAsync();
        var result = await InAsync(workspace, "true");
        Assert.Equal(new StartFailure(StartPhase.Workspace, Errno.ENOENT, 0), result.End.Failure);
        Assert.False(result.End.Failure!.IsCallersFault);
    }

    [Fact]
    public async Task A_number_can_be_used_once_at_a_time()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var failure = await Assert.ThrowsAsync<SandboxException>(() =>
            sandboxes.Host.CreateWorkspaceAsync(workspace.Id, new WorkspaceSize(1 << 20, 100, Steps.Uid, Steps.Uid), TestContext.Current.CancellationToken));
        Assert.Equal(Errno.EEXIST, failure.Errno);
    }

    private Task<StepResult> InAsync(MountedWorkspace workspace, string script, bool readOnly = false) =>
        sandboxes.RunAsync(Steps.Of("/bin/sh", "-c", script) with { Workspace = new WorkspaceMount(workspace, readOnly) });
}
