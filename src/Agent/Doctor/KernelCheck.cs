using System.Globalization;
using System.Runtime.InteropServices;

namespace Corral.Agent.Doctor;

/// <summary>Reads <c>uname -r</c>: cgroup.kill came with 5.14 and is the youngest thing that nothing else can stand for.</summary>
internal static class KernelCheck
{
    private static readonly Version Least = new(5, 14);
    private static readonly Version OldestTested = new(6, 1);

    public static DoctorCheck Of(string release)
    {
        const string name = "kernel";
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return DoctorCheck.Fail(name, $"{release} on {RuntimeInformation.ProcessArchitecture}", "The launcher is written for x86-64: run the agent on such a host.");
        if (Parse(release) is not { } version) return DoctorCheck.Warn(name, release, "The release has no number that can be compared; 6.1 and later are tested.");
        if (version < Least) return DoctorCheck.Fail(name, release, "Install a kernel of 5.14 or later: cgroup.kill is missing before.");
        return version < OldestTested ? DoctorCheck.Warn(name, release, "It should do; 6.1 and later are tested.") : DoctorCheck.Ok(name, release);
    }

    /// <summary>The first two numbers of a release such as <c>6.1.0-28-amd64</c>; null where there are none.</summary>
    public static Version? Parse(string release)
    {
        var parts = release.Split('.', 3);
        if (parts.Length < 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)) return null;
        var digits = new string([.. parts[1].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? new Version(major, minor) : null;
    }
}
