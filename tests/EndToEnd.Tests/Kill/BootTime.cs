using System.Globalization;

namespace Corral.EndToEnd.Tests.Kill;

/// <summary>The clock that the launcher's start log uses.</summary>
internal static class BootTime
{
    /// <summary>CLOCK_BOOTTIME in nanoseconds, 10 ms precision: the first number of /proc/uptime.</summary>
    public static long NowNs()
    {
        var text = File.ReadAllText("/proc/uptime");
        return (long)(decimal.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * 1_000_000_000m);
    }
}
