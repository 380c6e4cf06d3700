using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>What is reserved on this agent (invariant I2). The coordinator guards the same; this is the second lock on the door. Not thread-safe.</summary>
internal sealed class Admission(AgentCapacity capacity)
{
    // Sums of fractions of processors are not exact in binary.
    private const double CpuTolerance = 1e-6;
    private double _cpus;
    private long _memoryBytes;
    private int _attempts;

    /// <summary>Reserves; false where it does not fit.</summary>
    public bool TryReserve(Reservation reservation)
    {
        if (_attempts >= capacity.MaxAttempts || _cpus + reservation.Cpus > capacity.Cpus + CpuTolerance || reservation.MemoryBytes > capacity.MemoryBytes - _memoryBytes)
            return false;
        Reserve(reservation);
        return true;
    }

    /// <summary>Reserves for what runs already.</summary>
    public void Reserve(Reservation reservation)
    {
        _cpus += reservation.Cpus;
        _memoryBytes += reservation.MemoryBytes;
        _attempts++;
    }

    public void Return(Reservation reservation)
    {
        _memoryBytes -= reservation.MemoryBytes;
        _attempts--;
        // Rounding errors must not add up over millions of attempts.
        _cpus = _attempts == 0 ? 0 : _cpus - reservation.Cpus;
    }
}
