using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;
using Corral.Bench.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Bench.Sandboxes;

/// <summary>The agent's sandbox room over the bench's rootfs, with a pool of so many warm sandboxes.</summary>
internal sealed class CorralSandboxes : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly ICgroupDriver _groups;
    private readonly int _warm;

    private CorralSandboxes(SandboxHost host, SandboxImage image, ICgroupDriver groups, int warm)
    {
        Host = host;
        Image = image;
        _groups = groups;
        _warm = warm;
        Launcher = host.LauncherProcessId;
    }

    /// <summary>The rootfs of <see cref="BenchRoot"/>.</summary>
    public static SandboxImage BenchImage { get; } = new("bench", ["bench"], BindsHost: false);

    public SandboxImage Image { get; }

    public string CgroupMode => _groups.Mode;

    public SandboxHost Host { get; }

    /// <summary>The launcher's process id.</summary>
    public int Launcher { get; }

    public static Task<CorralSandboxes> StartAsync(BenchRoot root, Func<string, ICgroupDriver> openGroups, int warm, CancellationToken cancellationToken) =>
        StartAsync(root.Directory, BenchImage, openGroups, warm, cancellationToken, state => CopyTree(root.Rootfs, Path.Combine(SandboxImage.ImagesDirectory(state), BenchImage.Layers[0])));

    public static async Task<CorralSandboxes> StartAsync(
        string directory, SandboxImage image, Func<string, ICgroupDriver> openGroups, int warm, CancellationToken cancellationToken,
        Action<string>? prepare = null)
    {
        var state = Path.Combine(directory, $"state-{Guid.NewGuid():N}");
        Directory.CreateDirectory(SandboxImage.ImagesDirectory(state));
        prepare?.Invoke(state);
        var options = new SandboxOptions
        {
            StateDirectory = state,
            WarmCount = warm,
            Prewarm = warm > 0 ? [image] : [],
            InitialLease = Lease,
        };
        var groups = openGroups(state);
        var host = await SandboxHost.StartAsync(options, groups, NullLoggerFactory.Instance, cancellationToken);
        host.RenewLease(Lease);
        return new CorralSandboxes(host, image, groups, warm);
    }

    /// <summary>Waits until as many sandboxes are alive as the pool keeps: what has ended is gone, what replaces it is there.</summary>
    public void Settle()
    {
        var deadline = Environment.TickCount64 + 10_000;
        while (CountSandboxes() != _warm)
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"The pool did not settle: {_warm} sandboxes expected, {CountSandboxes()} seen after 10 s.");
            Thread.Sleep(1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        var deadline = Environment.TickCount64 + 10_000;
        while (Directory.Exists($"/proc/{Launcher}") && Environment.TickCount64 < deadline)
            await Task.Delay(5);
        foreach (var name in _groups.List())
        {
            using var group = _groups.Open(name);
            for (var i = 0; i < 2000 && group?.TryRemove() == false; i++)
                await Task.Delay(1);
        }
        _groups.Dispose();
    }

    private int CountSandboxes() =>
        File.ReadAllText($"/proc/{Host.ClonerProcessId}/task/{Host.ClonerProcessId}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;

    private static void CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).GetFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo)
                CopyTree(entry.FullName, target);
            else
                File.Copy(entry.FullName, target);
        }
    }
}
