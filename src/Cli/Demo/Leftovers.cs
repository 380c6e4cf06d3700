using System.Globalization;
using Corral.Agent.Cgroups;
using Corral.Cli.Serving;

namespace Corral.Cli.Demo;

/// <summary>Looks, after the server has stopped, for what it should have taken away: in the kernel's own lists, not in our books.</summary>
internal static class Leftovers
{
    /// <summary>A sentence for each process, mount and group that is still there.</summary>
    /// <param name="state">The folder whose instance has stopped.</param>
    public static IEnumerable<string> Find(StateFolder state)
    {
        var group = GroupName.Prefix + GroupName.InstanceOf(state.Path);
        return Processes(state, group).Concat(Mounts(state)).Concat(Groups(group));
    }

    private static IEnumerable<string> Processes(StateFolder state, string group)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var pid) || pid == Environment.ProcessId)
                continue;
            var command = Read(process + "/cmdline").Replace('\0', ' ').Trim();
            // In a group of ours, or a program that lives in the state folder: the launcher.
            if (Read(process + "/cgroup").Contains("/" + group, StringComparison.Ordinal) || command.StartsWith(state.Path + "/", StringComparison.Ordinal))
                yield return $"process {pid} ({command}) is still running";
        }
    }

    private static IEnumerable<string> Mounts(StateFolder state)
    {
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            // The fifth field is the mount point.
            // https://docs.kernel.org/filesystems/proc.html#proc-pid-mountinfo-information-about-mounts
            if (line.Split(' ') is [_, _, _, _, var point, ..] && point.StartsWith(state.Path + "/", StringComparison.Ordinal))
                yield return $"'{point}' is still mounted";
        }
    }

    private static IEnumerable<string> Groups(string name) =>
        Directory.EnumerateDirectories("/sys/fs/cgroup", name, new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(group => $"the group '{group}' still exists");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended since the list was read.
            return "";
        }
    }
}
