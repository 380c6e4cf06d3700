using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Agent.KernelTests;

[assembly: AssemblyFixture(typeof(CgroupFixture))]

namespace Corral.Agent.KernelTests;

/// <summary>
/// The host's own driver under a state folder of this test process, for all kernel tests; at the end of the assembly nothing of it may be
/// left: no group, no mount, no process.
/// </summary>
public sealed class CgroupFixture : IAsyncDisposable
{
    private readonly string instance;
    private int lastName;

    public CgroupFixture()
    {
        StateDirectory = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"corral-kernel-tests-{Environment.ProcessId}"));
        Directory.CreateDirectory(StateDirectory);
        instance = GroupName.InstanceOf(StateDirectory);
        Driver = CgroupDrivers.Open(StateDirectory);
    }

    /// <summary>A folder that is gone after the last test.</summary>
    public string StateDirectory { get; }

    /// <summary>v2 or hybrid, whatever the host has.</summary>
    internal ICgroupDriver Driver { get; }

    /// <summary>A name that no other test has.</summary>
    internal string NewName(string stem = "test") => string.Create(CultureInfo.InvariantCulture, $"{stem}-{Interlocked.Increment(ref lastName)}");

    public ValueTask DisposeAsync()
    {
        var left = new List<string>();
        left.AddRange(Driver.List().Select(name => $"the group '{name}'"));
        Driver.Dispose();
        left.AddRange(File.ReadAllLines("/proc/self/mountinfo").Where(l => l.Contains(StateDirectory, StringComparison.Ordinal)).Select(l => $"the mount '{l}'"));
        left.AddRange(Processes().Select(p => $"the process {p}"));
        left.AddRange(CgroupTrees.ReadOwn() is { } trees ? trees.Legacy.Append(trees.Unified!).Where(t => t.OwnDirectory is not null)
            .Select(t => $"{t.OwnDirectory}/{GroupName.Prefix}{instance}").Where(Directory.Exists).Select(d => $"the directory '{d}'") : []);
        Directory.Delete(StateDirectory, recursive: true);
        if (left.Count > 0) throw new InvalidOperationException($"The kernel tests left behind: {string.Join(", ", left)}.");
        return ValueTask.CompletedTask;
    }

    // Whoever still sits in one of our groups, or has our state folder on its command line. A dead orphan that the host's init has not
    // reaped yet is not ours any more.
    private IEnumerable<string> Processes()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            var pid = Path.GetFileName(directory);
            if (pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) continue;
            string groups, command;
            try
            {
                var status = File.ReadAllText(directory + "/stat"); // pid (name) state ppid …
                var words = status[(status.LastIndexOf(')') + 2)..].Split(' ');
                if (words[0] is "Z" or "X" && words[1] != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) continue;
                groups = File.ReadAllText(directory + "/cgroup");
                command = File.ReadAllText(directory + "/cmdline").Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue; // it ended while we looked
            }

            if (groups.Contains(GroupName.Prefix + instance, StringComparison.Ordinal) || command.Contains(StateDirectory, StringComparison.Ordinal)) yield return $"{pid} ({command.TrimEnd()})";
        }
    }
}
