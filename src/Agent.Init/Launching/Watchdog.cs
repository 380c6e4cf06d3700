namespace Corral.Agent.Init;

/// <summary>One timer for the earliest of the lease end and all wall deadlines. CLOCK_BOOTTIME: a suspended host does not stretch them.</summary>
internal static unsafe class Watchdog
{
    // The agent's KillReason.
    public const int WallTime = 2, LeaseEnded = 6;

    public static long LeaseEndNs;
    public static int Timer;

    private static long _armedNs;

    public static int Initialize(long leaseEndNs)
    {
        LeaseEndNs = leaseEndNs;
        Timer = (int)Kernel.Call(Sys.TimerfdCreate, Clocks.Boottime, OpenFlags.NonBlock | OpenFlags.CloseOnExec);
        Arm(leaseEndNs);
        return Timer;
    }

    public static bool LeaseHasEnded(long nowNs) => nowNs >= LeaseEndNs;

    /// <summary>Brings the timer forward where this is earlier. A timer that fires for a step that has ended meanwhile finds nothing to do.</summary>
    public static void Arm(long timeNs)
    {
        if (_armedNs != 0 && timeNs >= _armedNs)
            return;
        Set(timeNs);
    }

    /// <summary>After it fired: kills what is due, and arms for what comes next.</summary>
    public static void Fire()
    {
        ulong expirations;
        Kernel.Read(Timer, &expirations, sizeof(ulong));
        var now = Kernel.Now();
        var leaseEnded = LeaseHasEnded(now);
        var next = leaseEnded ? Clocks.Never : LeaseEndNs;
        for (var i = 0; i < SandboxTable.End; i++)
        {
            var entry = SandboxTable.At(i);
            if (entry->State != SandboxState.Step || entry->DeadNs != 0 || entry->KillReason != 0)
                continue;
            if (leaseEnded)
                Launcher.Kill(entry, LeaseEnded, now);
            else if (now >= entry->Note.WallDeadlineNs)
                Launcher.Kill(entry, WallTime, now);
            else if (entry->Note.WallDeadlineNs < next)
                next = entry->Note.WallDeadlineNs;
        }

        _armedNs = 0;
        if (next != Clocks.Never)
            Set(next);
    }

    private static void Set(long timeNs)
    {
        _armedNs = timeNs;
        TimerSpec spec = default;
        spec.Value.Seconds = timeNs / Clocks.NanosecondsPerSecond;
        spec.Value.Nanoseconds = timeNs % Clocks.NanosecondsPerSecond;
        Kernel.Call(Sys.TimerfdSettime, Timer, Clocks.TimerAbsolute, (nint)(&spec));
    }
}
