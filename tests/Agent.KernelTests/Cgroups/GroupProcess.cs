using System.Diagnostics;
using System.Globalization;
using Corral.Agent.Cgroups;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>A shell script that first puts itself into a sandbox's group (all of its hierarchies): what the launcher does, without the launcher.</summary>
internal sealed class GroupProcess : IDisposable
{
    private readonly Process process;

    private GroupProcess(Process process) => this.process = process;

    /// <summary>Starts a script for sh in a group.</summary>
    public static GroupProcess Start(SandboxGroup group, string script)
    {
        var files = group.AttachFiles.Select(PathOf).Append(PathOf(group.EntryDirectory) + "/cgroup.procs");
        var enter = string.Concat(files.Select(f => $"echo $$ > '{f}' || exit 99; "));
        var start = new ProcessStartInfo("/bin/sh", ["-c", enter + "echo in; " + script]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var process = Process.Start(start)!;
        Assert.Equal("in", process.StandardOutput.ReadLine());
        return new GroupProcess(process);
    }

    /// <summary>Gives the script a line to read.</summary>
    public void WriteLine(string line) => process.StandardInput.WriteLine(line);

    /// <summary>The next line the script prints; null at its end.</summary>
    public async Task<string?> ReadLineAsync() => await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits for the script's end: its exit code, 128 + n for a signal.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Process {process.Id} in the group did not end within 60 s."));
        }

        return process.ExitCode;
    }

    public void Dispose() => process.Dispose();

    /// <summary>The path behind a descriptor of this process.</summary>
    public static string PathOf(SafeFileHandle file) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}")).LinkTarget!;
}
