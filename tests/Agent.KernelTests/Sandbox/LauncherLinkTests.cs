using System.Diagnostics;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Corral.Agent.Rootfs;
using Corral.Agent.Sandbox;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Whose fault the death of a sandbox is depends on the launcher that made it, not on the one that is there now.</summary>
[Collection(SandboxTurns.Name)]
public sealed class LauncherLinkTests(CgroupFixture cgroups)
{
    [Fact]
    public async Task A_launcher_lives_over_another_connection_and_is_dead_once_another_has_taken_its_place()
    {
        var options = new SandboxOptions { StateDirectory = Path.Combine(cgroups.StateDirectory, "link") };
        HostImage.Prepare(SandboxImage.ImagesDirectory(options.StateDirectory));
        var leaseEnd = BootClock.Instance.GetTimestamp() + (long)TimeSpan.FromMinutes(1).TotalNanoseconds;
        async Task<LauncherConnection> ConnectAsync() => LauncherConnection.Open(await LauncherProcess.ConnectOrStartAsync(options, leaseEnd, TimeProvider.System, TestContext.Current.CancellationToken));
        var link = new LauncherLink();

        using var maker = await ConnectAsync();
        link.Replace(maker);
        Assert.True(link.Lives(maker));
        Assert.False(link.Lives(null));

        // A launcher that holds nothing ends when its agent hangs up; this one has a workspace.
        var workspace = new WorkspaceMessage { Bytes = 1 << 20, Inodes = 10, Uid = Steps.Uid, Gid = Steps.Uid };
        workspace.Envelope.Kind = MessageKind.MakeWorkspace;
        workspace.Envelope.Id = 1;
        maker.Send(in workspace);
        maker.Dispose();
        using var again = await ConnectAsync();
        Assert.Equal(maker.LauncherProcessId, again.LauncherProcessId);
        link.Replace(again);
        Assert.True(link.Lives(maker));

        using (var launcher = Process.GetProcessById(maker.LauncherProcessId)) launcher.Kill();
        Assert.True(again.WaitForEnd(TimeSpan.FromSeconds(20)));
        Assert.False(link.Lives(maker));
        using var next = await ConnectAsync();
        link.Replace(next);
        Assert.Equal((false, false, true), (link.Lives(maker), link.Lives(again), link.Lives(next)));

        // It holds nothing: the launcher ends.
        next.Hangup();
        Assert.True(next.WaitForEnd(TimeSpan.FromSeconds(20)));
        Directory.Delete(options.StateDirectory, recursive: true);
    }
}
