namespace Corral.Agent.Attempts;

/// <summary>
/// Hands each running attempt a uid and gid of its own, so that RLIMIT_NPROC, signals and file owners of two attempts never meet. The one that has been
/// free the longest goes first, so that what a past attempt may have left in the kernel under its uid has had time to go. Not thread-safe.
/// </summary>
internal sealed class UserSlots
{
    private readonly LinkedList<int> _free;
    private readonly int _baseId;

    public UserSlots(int baseId, int count)
    {
        _baseId = baseId;
        _free = new LinkedList<int>(Enumerable.Range(0, count));
    }

    /// <summary>The uid and gid of a slot.</summary>
    public int IdOf(int slot) => _baseId + slot;

    /// <summary>Takes a slot; null where all are in use.</summary>
    public int? TryTake()
    {
        if (_free.First is not { } first)
            return null;
        _free.RemoveFirst();
        return first.Value;
    }

    /// <summary>Takes the slot that an adopted attempt has; false where the range no longer has it.</summary>
    public bool TryTake(int slot) => _free.Remove(slot);

    public void Return(int slot) => _free.AddLast(slot);
}
