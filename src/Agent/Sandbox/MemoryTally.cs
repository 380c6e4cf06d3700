using Corral.Agent.Cgroups;
using Corral.Shared.Jobs;

namespace Corral.Agent.Sandbox;

/// <summary>The samples of one step's memory so far. Times are CLOCK_BOOTTIME nanoseconds.</summary>
internal sealed class MemoryTally(long beganNs)
{
    private readonly Lock _lock = new();
    private long _lastNs = beganNs;
    private long _longestGapNs;
    private long _lastBytes;
    private double _byteNs;
    private int _count;
    private MemoryReading _peaks;
    private bool _hasEnded;

    public void Add(in MemoryReading reading, long nowNs)
    {
        lock (_lock)
        {
            if (_hasEnded || reading.Current is not { } current) return;
            _lastBytes = current;
            Advance(nowNs);
            _count++;
            _peaks = new MemoryReading(current, Larger(_peaks.Anon, reading.Anon), Larger(_peaks.Shmem, reading.Shmem), Larger(_peaks.File, reading.File), Larger(_peaks.Kernel, reading.Kernel));
        }
    }

    /// <summary>The step has died; null where no sample was taken. Later ones are ignored.</summary>
    public MemorySamples? End(long deadNs)
    {
        lock (_lock)
        {
            _hasEnded = true;
            if (_count == 0) return null;
            Advance(deadNs);
            return new MemorySamples
            {
                Count = _count,
                LongestGapNs = _longestGapNs,
                ByteSeconds = (long)(_byteNs / 1e9),
                AnonPeakBytes = _peaks.Anon,
                ShmemPeakBytes = _peaks.Shmem,
                FilePeakBytes = _peaks.File,
                KernelPeakBytes = _peaks.Kernel,
            };
        }
    }

    private static long? Larger(long? a, long? b) => a is { } x && b is { } y ? Math.Max(x, y) : a ?? b;

    private void Advance(long nowNs)
    {
        var gap = Math.Max(0, nowNs - _lastNs);
        _byteNs += (double)_lastBytes * gap;
        _longestGapNs = Math.Max(_longestGapNs, gap);
        _lastNs = Math.Max(_lastNs, nowNs);
    }
}
