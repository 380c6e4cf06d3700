namespace Corral.Agent.Interop;

/// <summary>Time whose stamps are CLOCK_BOOTTIME: unlike Stopwatch's CLOCK_MONOTONIC it goes on while the host is suspended, so a lease cannot be slept through.</summary>
internal sealed unsafe class BootClock : TimeProvider
{
    private const int ClockBootTime = 7;

    /// <summary>The clock of this host.</summary>
    public static BootClock Instance { get; } = new();

    public override long TimestampFrequency => 1_000_000_000;

    /// <summary>Nanoseconds since boot.</summary>
    public override long GetTimestamp()
    {
        var time = stackalloc long[2];
        // Cannot fail: the clock exists since 2.6.39, and the pointer is ours.
        _ = Native.clock_gettime(ClockBootTime, time);
        return (time[0] * 1_000_000_000) + time[1];
    }
}
