using System.Globalization;
using Corral.Agent.Cgroups;

namespace Corral.Agent.Doctor;

/// <summary>Opens the host's cgroup driver under a name of its own and makes, limits, reads, kills and removes one group.</summary>
internal static class GroupChecks
{
    private static int s_last;

    public static IEnumerable<DoctorCheck> Run()
    {
        const string controllers = "cgroup.controllers", group = "cgroup.group";
        ICgroupDriver driver;
        var checks = new List<DoctorCheck>();
        try
        {
            driver = CgroupDrivers.OpenInstance(string.Create(CultureInfo.InvariantCulture, $"doctor-{Environment.ProcessId}-{Interlocked.Increment(ref s_last)}"));
        }
        catch (Exception e) when (e is SandboxException or IOException or UnauthorizedAccessException)
        {
            return [DoctorCheck.Fail(controllers, e.Message, "Bring the controllers cpu, memory and pids within the agent's reach.")];
        }

        using (driver)
        {
            checks.Add(driver.Mode == "v2"
                ? DoctorCheck.Ok(controllers, "cgroup2 carries cpu, memory and pids")
                : DoctorCheck.Ok(controllers, "hybrid: cpu, memory and pids on v1, entry and kill on cgroup2 (docs/mechanisms/cgroups.md)"));
            try
            {
                checks.Add(DoctorCheck.Ok(group, Try(driver)));
            }
            catch (SandboxException e)
            {
                checks.Add(DoctorCheck.Fail(group, e.Message, "Give the agent a group of its own: a systemd unit with Delegate=yes, or /sys/fs/cgroup mounted read-write in its container."));
            }
        }

        return checks;
    }

    private static string Try(ICgroupDriver driver)
    {
        using var group = driver.Create("trial", new GroupLimits(Cpus: 1, MemoryBytes: 64 << 20, Pids: 8));
        try
        {
            group.Kill();
            var counters = group.Read();
            var absent = new List<string>();
            if (counters.MemoryPeakBytes is null) absent.Add("memory peak");
            if (counters.PidsPeak is null) absent.Add("pids peak");
            if (counters.ThrottledPeriods is null) absent.Add("throttling");
            if (!group.TryResetMemoryPeak()) absent.Add("resetting the memory peak");
            return "made, limited, killed and read" + (absent.Count > 0 ? $"; this kernel lacks {string.Join(", ", absent)}" : "");
        }
        finally
        {
            group.TryRemove();
        }
    }
}
