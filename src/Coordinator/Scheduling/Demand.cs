using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>What one attempt takes from an agent, besides one of its attempt slots. Whole numbers, so that sums and differences are exact.</summary>
/// <param name="CpuMilli">Thousandths of a processor.</param>
/// <param name="MemoryBytes">Bytes.</param>
[GenerateSerializer, Immutable, Alias("corral.demand")]
internal readonly record struct Demand(long CpuMilli, long MemoryBytes)
{
    /// <summary>What the job reserves, processors rounded up to a thousandth.</summary>
    public static Demand Of(JobSpec spec)
    {
        var reservation = Reservation.Of(spec);
        return new Demand(MilliUp(reservation.Cpus), reservation.MemoryBytes);
    }

    /// <summary>Rounded up, but not because a sum like 0.1 + 0.2 lies a hair above its true value.</summary>
    private static long MilliUp(double cpus) => (long)Math.Ceiling(Math.Round(cpus * 1000, 6));
}
