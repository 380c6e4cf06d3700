using System.Globalization;

namespace Corral.Agent.Doctor;

/// <summary>Which of the powers the launcher uses this process has. https://man7.org/linux/man-pages/man7/capabilities.7.html</summary>
internal static class CapabilityChecks
{
    private static readonly (string Name, int Bit)[] Needed =
    [
        ("CAP_CHOWN", 0), ("CAP_DAC_OVERRIDE", 1), ("CAP_FOWNER", 3), ("CAP_KILL", 5), ("CAP_SETGID", 6), ("CAP_SETUID", 7), ("CAP_SETPCAP", 8),
        ("CAP_NET_ADMIN", 12), ("CAP_SYS_ADMIN", 21), ("CAP_MKNOD", 27),
    ];

    private const int SysResource = 24;

    /// <summary>From the content of <c>/proc/self/status</c>.</summary>
    public static IEnumerable<DoctorCheck> Of(string status)
    {
        const string name = "capabilities";
        if (Effective(status) is not { } set)
        {
            yield return DoctorCheck.Fail(name, "/proc/self/status has no CapEff", "Mount /proc.");
            yield break;
        }

        var missing = Needed.Where(c => !Has(set, c.Bit)).Select(c => c.Name).ToList();
        yield return missing.Count == 0
            ? DoctorCheck.Ok(name, "all that are needed")
            : DoctorCheck.Fail(name, $"missing {string.Join(", ", missing)}", "Run the agent as root; in a container add them (cap_add: SYS_ADMIN, NET_ADMIN).");

        // Nothing needs it: Docker and many virtual machines withhold it.
        yield return DoctorCheck.Ok("capability.sys_resource", Has(set, SysResource) ? "present" : "absent: limits of this process cannot be raised, and nothing asks for it", needed: false);
    }

    /// <summary>The effective set; null where the line is missing or unreadable.</summary>
    public static ulong? Effective(string status)
    {
        var line = status.Split('\n').FirstOrDefault(l => l.StartsWith("CapEff:", StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line["CapEff:".Length..].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var set) ? set : null;
    }

    private static bool Has(ulong set, int bit) => (set >> bit & 1) != 0;
}
