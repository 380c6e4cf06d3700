using System.Text;
using Corral.Agent.Interop;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Input files, and what an earlier step may have left in their way.</summary>
[Collection(SandboxTurns.Name)]
public sealed class FileTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task Files_are_the_steps_own_with_their_content_mode_and_parents()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var result = await RunAsync(workspace, "stat -c '%n %a %u %F' a.txt deep/er/run.sh deep; cat a.txt; deep/er/run.sh", ("a.txt", "alpha\n", false), ("deep/er/run.sh", "#!/bin/sh\necho ran\n", true));
        Assert.Equal($"a.txt 644 {Steps.Uid} regular file\ndeep/er/run.sh 755 {Steps.Uid} regular file\ndeep 755 {Steps.Uid} directory\nalpha\nran\n", result.Stdout);
    }

    [Fact]
    public async Task Many_files_may_come_from_one_handle()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        using var memory = ContentCalls.SealedMemory("onetwothree"u8);
        var result = await sandboxes.RunAsync(Steps.Of("/bin/sh", "-c", "cat /box/1; echo; cat /box/2; echo; cat /box/3; wc -c < /box/4") with
        {
            Workspace = new WorkspaceMount(workspace, ReadOnly: false),
            Files = [new("1", false, memory, 0, 3), new("2", false, memory, 3, 3), new("3", false, memory, 6, 5), new("4", false, memory, 0, 0)],
        });
        Assert.Equal("one\ntwo\nthree0\n", result.Stdout);
    }

    [Fact]
    public async Task A_large_file_arrives_whole()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        var content = new string('x', 5_000_000);
        var result = await RunAsync(workspace, "wc -c < big; tr -d x < big | wc -c", ("big", content, false));
        Assert.Equal("5000000\n0\n", result.Stdout);
    }

    [Theory]
    [InlineData("ln -s /etc/passwd /box/file", "a link in its place is replaced")]
    [InlineData("mkfifo /box/file", "a FIFO in its place is replaced")]
    [InlineData("echo old > /box/file; ln /box/file /box/other", "the other name of a hard link keeps the old content")]
    public async Task What_stands_in_the_place_of_a_file_is_replaced_and_never_opened(string before, string why)
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await RunAsync(workspace, before);
        var result = await RunAsync(workspace, "stat -c %F file; cat file; [ ! -e other ] || cat other", ("file", "new\n", false));
        Assert.True(result.Stdout is "regular file\nnew\n" or "regular file\nnew\nold\n", $"{why}, but: {result.Stdout}{result.Stderr}{result.End.Failure}");
    }

    [Theory]
    [InlineData("ln -s /tmp /box/dir", "dir/file", 40 /* ELOOP */)]
    [InlineData("mkdir /box/real; ln -s real /box/dir", "dir/file", 40)]
    [InlineData("ln -s / /box/dir", "dir/etc/file", 40)]
    [InlineData("mkfifo /box/dir", "dir/file", Errno.ENOTDIR)]
    [InlineData("mkdir /box/file", "file", Errno.EISDIR)]
    [InlineData("true", "../file", Errno.EXDEV)]
    [InlineData("true", "a/../../file", Errno.EXDEV)]
    [InlineData("true", "/etc/file", Errno.EINVAL)]
    [InlineData("true", "a//b", Errno.EINVAL)]
    [InlineData("chmod 555 /box", "file", Errno.EACCES)]
    public async Task A_path_that_leads_elsewhere_is_refused_with_the_file_and_the_errno(string before, string path, int errno)
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync();
        await RunAsync(workspace, before);
        var result = await RunAsync(workspace, "echo must not run", ("fine-before", "x", false), (path, "attack", false));
        if (result.End.Failure is { FileIndex: 0 }) Assert.Equal(Errno.EACCES, errno); // nothing can be written at all
        else Assert.Equal(new StartFailure(StartPhase.Files, errno, 1), result.End.Failure);
        Assert.Equal("", result.Stdout);
    }

    [Fact]
    public async Task Files_count_against_the_workspace_and_its_limit_is_told()
    {
        await using var workspace = await sandboxes.CreateWorkspaceAsync(bytes: 1 << 20);
        var result = await RunAsync(workspace, "true", ("big", new string('x', 2 << 20), false));
        Assert.Equal(new StartFailure(StartPhase.Files, Errno.ENOSPC, 0), result.End.Failure);
    }

    [Fact]
    public async Task Files_without_a_workspace_are_refused()
    {
        using var memory = ContentCalls.SealedMemory("x"u8);
        var result = await sandboxes.RunAsync(Steps.Of("/bin/true") with { Files = [new("f", false, memory, 0, 1)] });
        Assert.Equal(new StartFailure(StartPhase.Files, Errno.EACCES, 0), result.End.Failure);
    }

    private async Task<StepResult> RunAsync(MountedWorkspace workspace, string script, params (string Path, string Content, bool Executable)[] files)
    {
        var memories = files.Select(f => ContentCalls.SealedMemory(Encoding.UTF8.GetBytes(f.Content))).ToList();
        try
        {
            return await sandboxes.RunAsync(Steps.Of("/bin/sh", "-c", script) with
            {
                Workspace = new WorkspaceMount(workspace, ReadOnly: false),
                Files = [.. files.Select((f, i) => new StepFile(f.Path, f.Executable, memories[i], 0, Encoding.UTF8.GetByteCount(f.Content)))],
            });
        }
        finally
        {
            memories.ForEach(m => m.Dispose());
        }
    }
}
