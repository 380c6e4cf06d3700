namespace Corral.Agent.Attempts;

/// <summary>
/// The agent's right to act (pure; times are CLOCK_BOOTTIME nanoseconds). A lease is counted from the moment the message was <em>sent</em> that the
/// coordinator answered: it is then over here before it can be over there. Not thread-safe.
/// </summary>
internal sealed class Lease
{
    private const int RememberedRenewals = 32;
    private readonly long[] _sentNs = new long[RememberedRenewals];
    private long _askedNs;
    private bool _isAsking;
    private long _lastRenewal;

    /// <summary>The epoch; 0 before the first and after a loss: orders of every epoch are then dropped.</summary>
    public long Epoch { get; private set; }

    /// <summary>When the right ends.</summary>
    public long EndsNs { get; private set; }

    /// <summary>Highest epoch ever held, so that a late welcome to an older one is no welcome.</summary>
    public long HighestEpoch { get; private set; }

    public bool IsHeld(long nowNs) => Epoch != 0 && nowNs < EndsNs;

    /// <summary>The agent asks for a lease. Of several tries the first counts, as nobody knows which one is answered.</summary>
    public void Asked(long nowNs)
    {
        if (!_isAsking)
            _askedNs = nowNs;
        _isAsking = true;
    }

    /// <summary>
    /// The lease begins; false where the answer is an old one. Every try that arrived is answered with an epoch of its own, and the highest is the one that
    /// the coordinator means: it may also come while an earlier one is held, and then never ends it sooner.
    /// </summary>
    public bool Welcome(long epoch, long leaseMs)
    {
        if (epoch <= HighestEpoch || _askedNs == 0)
            return false;
        var ends = _askedNs + (leaseMs * 1_000_000);
        EndsNs = Epoch == 0 ? ends : Math.Max(EndsNs, ends);
        (Epoch, HighestEpoch, _isAsking) = (epoch, epoch, false);
        return true;
    }

    /// <summary>A renewal leaves now; returns its number.</summary>
    public long Renewing(long nowNs)
    {
        _lastRenewal++;
        _sentNs[_lastRenewal % RememberedRenewals] = nowNs;
        return _lastRenewal;
    }

    /// <summary>A renewal was answered; false where it says nothing new.</summary>
    public bool Renewed(long epoch, long renewal, long leaseMs)
    {
        if (epoch != Epoch || Epoch == 0 || renewal > _lastRenewal || renewal <= _lastRenewal - RememberedRenewals)
            return false;
        var ends = _sentNs[renewal % RememberedRenewals] + (leaseMs * 1_000_000);
        if (ends <= EndsNs)
            return false;
        EndsNs = ends;
        return true;
    }

    /// <summary>The right is gone: it ended, or the coordinator refused this epoch.</summary>
    public void Lose() => Epoch = 0;
}
