using System.Runtime.InteropServices;

namespace Corral.Bench.Report;

/// <summary>Where a number was taken: without it the number means nothing.</summary>
internal static class Machine
{
    public static IEnumerable<string> Describe(DateTime utc)
    {
        yield return $"date {utc:yyyy-MM-dd HH:mm:ss}Z";
        yield return $"machine {Environment.ProcessorCount} cpus ({CpuModel()}), {MemoryGiB():F0} GiB, kernel {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}, "
            + $"{RuntimeInformation.OSArchitecture}, .NET {Environment.Version}";
        yield return $"cgroups {CgroupMode()}";
        yield return $"load {File.ReadAllText("/proc/loadavg").Trim()}";
    }

    /// <summary>One-minute load average.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    public static string CgroupMode()
    {
        if (File.Exists("/sys/fs/cgroup/cgroup.controllers"))
            return $"v2 with {File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Trim()}";
        var unified = UnifiedRoot();
        return unified is null ? "v1 only" : "hybrid (controllers on v1, controller-less v2 at " + unified + ")";
    }

    /// <summary>Where the cgroup2 tree is mounted; null where there is none.</summary>
    public static string? UnifiedRoot() => File.ReadLines("/proc/self/mounts")
        .Select(line => line.Split(' '))
        .FirstOrDefault(fields => fields[2] == "cgroup2")?[1];

    private static string CpuModel() => File.ReadLines("/proc/cpuinfo")
        .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private static double MemoryGiB() => MemInfoKb("MemTotal") / 1024.0 / 1024.0;

    /// <summary>One figure of /proc/meminfo, in KiB.</summary>
    public static long MemInfoKb(string field) => long.Parse(
        File.ReadLines("/proc/meminfo").First(line => line.StartsWith(field + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
