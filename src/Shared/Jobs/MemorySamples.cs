namespace Corral.Shared.Jobs;

/// <summary>
/// What a step's memory consisted of, seen at intervals: every peak here is the largest of the samples and may have been larger between two of them.
/// The exact peak of the whole charge is <see cref="UsageRecord.MemoryPeakBytes"/>.
/// </summary>
public sealed record MemorySamples
{
    /// <summary>How many samples there were, 1 or more.</summary>
    public required int Count { get; init; }
    /// <summary>The longest time without a sample, nanoseconds: 50 ms and a little, where nothing held the agent up.</summary>
    public required long LongestGapNs { get; init; }
    /// <summary>Charged memory integrated over time from the samples, byte-seconds: each sample stands for the time since the one before it, the last also for what followed.</summary>
    public required long ByteSeconds { get; init; }
    /// <summary>Largest anonymous memory seen, bytes: <c>memory.stat anon</c> (v1: <c>total_rss</c>).</summary>
    public long? AnonPeakBytes { get; init; }
    /// <summary>Largest shared and tmpfs memory seen, bytes, the step's writable layer among it: <c>shmem</c> (v1: <c>total_shmem</c>).</summary>
    public long? ShmemPeakBytes { get; init; }
    /// <summary>Largest page cache of files seen, bytes: <c>file</c> without <c>shmem</c> (v1: <c>total_cache</c> without <c>total_shmem</c>).</summary>
    public long? FilePeakBytes { get; init; }
    /// <summary>Largest kernel memory seen, bytes: <c>kernel</c> (v1: <c>memory.kmem.usage_in_bytes</c>).</summary>
    public long? KernelPeakBytes { get; init; }
}
