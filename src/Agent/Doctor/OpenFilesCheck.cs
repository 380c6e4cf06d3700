using System.Globalization;

namespace Corral.Agent.Doctor;

/// <summary>RLIMIT_NOFILE: the hard limit bounds what a step may ask for, and the agent holds some 20 descriptors for each sandbox.</summary>
internal static class OpenFilesCheck
{
    private const long Comfortable = 4096;

    /// <summary>From the content of <c>/proc/self/limits</c>.</summary>
    public static DoctorCheck Of(string limits, int mostOfAStep)
    {
        const string name = "open_files";
        if (Hard(limits) is not { } hard) return DoctorCheck.Fail(name, "/proc/self/limits says nothing of open files", "Mount /proc.");
        var detail = $"hard limit {(hard == long.MaxValue ? "unlimited" : hard.ToString(CultureInfo.InvariantCulture))}";
        if (hard < mostOfAStep) return DoctorCheck.Fail(name, detail, $"Steps may ask for {mostOfAStep}: raise it (LimitNOFILE= of the unit, ulimit -Hn), or lower the steps' maximum.");
        return hard < Comfortable ? DoctorCheck.Warn(name, detail, $"Raise it to {Comfortable} or more (LimitNOFILE= of the unit, ulimit -Hn): the agent holds some 20 for each sandbox.") : DoctorCheck.Ok(name, detail);
    }

    /// <summary>The hard limit; null where there is no such line.</summary>
    public static long? Hard(string limits)
    {
        // Max open files            1024                 20000                files
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var words = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words is not { Length: >= 2 }) return null;
        if (words[1] == "unlimited") return long.MaxValue;
        return long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var hard) ? hard : null;
    }
}
