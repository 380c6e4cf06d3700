using System.Globalization;
using Corral.Bench.Report;

namespace Corral.Bench.Sandboxes;

/// <summary>What exists on this host, counted from /proc and the group tree: the books of the product are not asked.</summary>
/// <param name="AgentDescriptors">Open descriptors of this process, which plays the agent.</param>
/// <param name="LauncherDescriptors">Open descriptors of the launcher.</param>
/// <param name="AgentMounts">Mounts of the agent's namespace.</param>
/// <param name="LauncherMounts">Mounts of the launcher's own namespace.</param>
/// <param name="Groups">Groups beneath the slice.</param>
/// <param name="Processes">Descendants of the launcher, zombies too.</param>
/// <param name="Namespaces">Namespaces that the launcher and its descendants, or descriptors and mounts of these and of this process, hold alive.</param>
/// <param name="LauncherResidentKb">VmRSS of the launcher.</param>
internal sealed record Census(
    int AgentDescriptors,
    int LauncherDescriptors,
    int AgentMounts,
    int LauncherMounts,
    int Groups,
    int Processes,
    int Namespaces,
    long LauncherResidentKb)
{
    private static readonly string[] Kinds = ["mnt", "pid", "net", "ipc", "uts", "cgroup", "user"];

    public static Census Take(int launcher, string slice)
    {
        var family = Descendants(launcher);
        return new Census(
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            Directory.GetFileSystemEntries($"/proc/{launcher}/fd").Length,
            File.ReadLines("/proc/self/mountinfo").Count(),
            File.ReadLines($"/proc/{launcher}/mountinfo").Count(),
            Directory.GetDirectories(slice, "*", SearchOption.AllDirectories).Length,
            family.Count,
            CountNamespaces([launcher, .. family]),
            ResidentKb(launcher));
    }

    public static long ResidentKb(int process) => Kb($"/proc/{process}/status", "VmRSS:");

    /// <summary>Proportional set size: shared pages divided among those that map them.</summary>
    public static long ProportionalKb(int process) => Kb($"/proc/{process}/smaps_rollup", "Pss:");

    /// <summary>All living and dead children of a process, and theirs.</summary>
    public static List<int> Descendants(int process)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || Parent(directory) is not { } parent)
                continue;
            if (!children.TryGetValue(parent, out var list))
                children[parent] = list = [];
            list.Add(pid);
        }
        List<int> found = [];
        var next = new Stack<int>([process]);
        while (next.TryPop(out var at))
        {
            foreach (var child in children.GetValueOrDefault(at, []))
            {
                found.Add(child);
                next.Push(child);
            }
        }
        return found;
    }

    private static int CountNamespaces(int[] family)
    {
        var namespaces = new HashSet<string>();
        foreach (var pid in family)
        {
            foreach (var kind in Kinds)
                Add(namespaces, $"/proc/{pid}/ns/{kind}");
        }
        foreach (var owner in family.Select(pid => pid.ToString(CultureInfo.InvariantCulture)).Append("self"))
        {
            foreach (var descriptor in Entries($"/proc/{owner}/fd"))
                Add(namespaces, descriptor);
            foreach (var line in Lines($"/proc/{owner}/mountinfo").Where(line => line.Contains(" - nsfs ", StringComparison.Ordinal)))
                namespaces.Add(line.Split(' ')[3]);
        }
        return namespaces.Count;
    }

    // A process may end between being listed and being looked at.
    private static string[] Entries(string directory)
    {
        try
        {
            return Directory.GetFileSystemEntries(directory);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static void Add(HashSet<string> namespaces, string link)
    {
        try
        {
            if (new FileInfo(link).LinkTarget is { } target && Kinds.Any(kind => target.StartsWith(kind + ":[", StringComparison.Ordinal)))
                namespaces.Add(target);
        }
        catch (IOException)
        {
            // The process, or the descriptor, has gone since it was listed.
        }
    }

    public static int? Parent(string directory)
    {
        try
        {
            // pid (name) state ppid …; the name may hold blanks and parentheses.
            var stat = File.ReadAllText(directory + "/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Kb(string file, string field) => long.Parse(
        File.ReadLines(file).First(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    /// <summary>One bar for each kind of thing that may leak.</summary>
    public void CompareWith(Census before, BarReport report)
    {
        report.AtMost("leaked-agent-fds", AgentDescriptors - before.AgentDescriptors, 0);
        report.AtMost("leaked-launcher-fds", LauncherDescriptors - before.LauncherDescriptors, 0);
        report.AtMost("leaked-agent-mounts", AgentMounts - before.AgentMounts, 0);
        report.AtMost("leaked-launcher-mounts", LauncherMounts - before.LauncherMounts, 0);
        report.AtMost("leaked-cgroups", Groups - before.Groups, 0);
        report.AtMost("leaked-processes", Processes - before.Processes, 0);
        report.AtMost("leaked-namespaces", Namespaces - before.Namespaces, 0);
        report.AtMost("launcher-rss-growth", LauncherResidentKb - before.LauncherResidentKb, 0, "kB");
    }
}
