namespace Corral.Coordinator.Storage;

/// <summary>Times as the stores keep them: microseconds since 1970 UTC.</summary>
internal static class Micros
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>The time as it will be read back.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) => Time(Of(time));
}
