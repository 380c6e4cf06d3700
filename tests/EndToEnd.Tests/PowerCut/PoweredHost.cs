using System.Diagnostics;

namespace Corral.EndToEnd.Tests.PowerCut;

/// <summary>A cgroup v2 host in User-mode Linux with a disk that outlives it, in which a program makes and notes acknowledgements until the power is cut.</summary>
internal sealed class PoweredHost : IDisposable
{
    // An id and the end of its line.
    private const int LineBytes = 37;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly string _folder = Directory.CreateTempSubdirectory("corral-power-").FullName;
    private readonly IReadOnlyList<string> _settings;

    public PoweredHost(params string[] settings)
    {
        _settings = settings;
        Directory.CreateDirectory(Notes);
    }

    /// <summary>Acknowledgements that must be made anew before the power is cut, of jobs and of journal entries alike.</summary>
    public const int NewAcknowledgements = 20;

    /// <summary>The jobs acknowledged so far.</summary>
    public int Jobs => Count("jobs");

    /// <summary>The journal entries acknowledged so far.</summary>
    public int JournalEntries => Count("journal");

    /// <summary>
    /// Boots, waits until the check of what was acknowledged before is done and new acknowledgements flow, cuts the power at the given moment after that,
    /// and says how many acknowledgements of the boots before were gone.
    /// </summary>
    public async Task<int> BootAndCutAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        var (jobs, entries) = (Jobs, JournalEntries);
        File.Delete(Checked);
        File.Delete(Power);
        using var boot = Process.Start(new ProcessStartInfo(Path.Combine(BuiltTree.Root, "tests", "uml", "host"), Arguments) { RedirectStandardOutput = true })!;
        var output = boot.StandardOutput.ReadToEndAsync(CancellationToken.None);
        try
        {
            await Task.Run(() => SpinWait.SpinUntil(() => HasWorked(jobs, entries) || boot.HasExited, s_patience), cancellationToken);
            Assert.True(HasWorked(jobs, entries), HasWorked(jobs, entries) ? "" : $"The host went down or did nothing: {(boot.HasExited ? await output : "it still runs")}");
            await RandomMoment.PassAsync(after, cancellationToken);
        }
        finally
        {
            using var cut = Process.Start("kill", ["-9", (await File.ReadAllTextAsync(Power, CancellationToken.None)).Trim()]);
            await boot.WaitForExitAsync(CancellationToken.None);
        }

        Assert.True(boot.ExitCode == 137, $"The host ended by itself with {boot.ExitCode}: {await output}");
        return int.Parse(await File.ReadAllTextAsync(Checked, cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Notes => Path.Combine(_folder, "notes");

    private string Checked => Path.Combine(Notes, "checked");

    private string Power => Path.Combine(_folder, "power");

    private IEnumerable<string> Arguments =>
    [
        "-n", "power-cut", "-m", "1500M", "-t", "120", "-o", Notes, "-d", Path.Combine(_folder, "disk.img"), "-p", Power, "-b", BuiltTree.Root, "--",
        "dotnet", "exec", BuiltTree.Output("tests/uml/PowerCut", "Corral.PowerCut.dll"), "/data", BuiltTree.Output("src/Cli", "corral.dll"), string.Join(',', _settings),
    ];

    private bool HasWorked(int jobs, int entries) =>
        File.Exists(Checked) && new FileInfo(Checked).Length > 1 && Jobs - jobs >= NewAcknowledgements && JournalEntries - entries >= NewAcknowledgements;

    private int Count(string notes)
    {
        var file = new FileInfo(Path.Combine(Notes, notes));
        return file.Exists ? (int)(file.Length / LineBytes) : 0;
    }
}
