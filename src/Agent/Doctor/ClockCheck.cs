namespace Corral.Agent.Doctor;

/// <summary>Whether the wall clock has been set: usage rows carry its time, deadlines do not depend on it.</summary>
internal static class ClockCheck
{
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static DoctorCheck Of(DateTimeOffset now)
    {
        const string name = "clock";
        return now < Earliest
            ? DoctorCheck.Warn(name, $"{now:u}", "Set the clock (timedatectl set-ntp true): usage would be recorded under a wrong date.")
            : DoctorCheck.Ok(name, $"{now:u}", needed: false);
    }
}
