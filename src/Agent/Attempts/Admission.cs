using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>
/// What is reserved on this agent (invariant I2). The coordinator guards the same; this is the second lock on the door. An attempt that has ended leaves
/// (the coordinator may give its room away) a moment before it is gone (its workspaces are unmounted): who comes in between waits for that. Not thread-safe.
/// </summary>
internal sealed class Admission(AgentCapacity capacity)
{
    private readonly LinkedList<(Reservation Reservation, TaskCompletionSource Room)> _waiting = [];
    private Sum _promised;
    private Sum _held;

    /// <summary>Reserves; null where it does not fit, else what ends when the room is free.</summary>
    public Task? TryReserve(Reservation reservation)
    {
        if (!_promised.Fits(reservation, capacity))
            return null;
        _promised.Add(reservation);
        if (_waiting.Count == 0 && _held.Fits(reservation, capacity))
        {
            _held.Add(reservation);
            return Task.CompletedTask;
        }

        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.AddLast((reservation, room));
        return room.Task;
    }

    /// <summary>Reserves for what runs already.</summary>
    public void Reserve(Reservation reservation)
    {
        _promised.Add(reservation);
        _held.Add(reservation);
    }

    /// <summary>It has ended, but still holds what it had.</summary>
    public void Leave(Reservation reservation) => _promised.Remove(reservation);

    /// <summary>After <see cref="Leave"/>: it holds nothing any more.</summary>
    public void Gone(Reservation reservation)
    {
        _held.Remove(reservation);
        // First come, first served: who came early is not overtaken by who is small.
        while (_waiting.First?.Value is { } next && _held.Fits(next.Reservation, capacity))
        {
            _waiting.RemoveFirst();
            _held.Add(next.Reservation);
            next.Room.SetResult();
        }
    }

    private struct Sum
    {
        // Sums of fractions of processors are not exact in binary.
        private const double CpuTolerance = 1e-6;
        private double _cpus;
        private long _memoryBytes;
        private int _attempts;

        public readonly bool Fits(Reservation reservation, AgentCapacity capacity) =>
            _attempts < capacity.MaxAttempts && _cpus + reservation.Cpus <= capacity.Cpus + CpuTolerance && reservation.MemoryBytes <= capacity.MemoryBytes - _memoryBytes;

        public void Add(Reservation reservation)
        {
            _cpus += reservation.Cpus;
            _memoryBytes += reservation.MemoryBytes;
            _attempts++;
        }

        public void Remove(Reservation reservation)
        {
            _memoryBytes -= reservation.MemoryBytes;
            _attempts--;
            // Rounding errors must not add up over millions of attempts.
            _cpus = _attempts == 0 ? 0 : _cpus - reservation.Cpus;
        }
    }
}
