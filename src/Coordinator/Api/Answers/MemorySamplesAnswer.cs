using System.ComponentModel;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>What a step's memory consisted of, seen at intervals.</summary>
internal sealed record MemorySamplesAnswer
{
    [Description("How many samples there were.")]
    public required int Count { get; init; }
    [Description("The longest time without a sample, nanoseconds.")]
    public required long LongestGapNs { get; init; }
    [Description("Charged memory integrated over time from the samples, byte-seconds.")]
    public required long ByteSeconds { get; init; }
    [Description("Largest anonymous memory seen, bytes.")]
    public long? AnonPeakBytes { get; init; }
    [Description("Largest shared and tmpfs memory seen, bytes, the step's writable layer among it.")]
    public long? ShmemPeakBytes { get; init; }
    [Description("Largest page cache of files seen, bytes.")]
    public long? FilePeakBytes { get; init; }
    [Description("Largest kernel memory seen, bytes.")]
    public long? KernelPeakBytes { get; init; }

    public static MemorySamplesAnswer Of(MemorySamples samples) => new()
    {
        Count = samples.Count,
        LongestGapNs = samples.LongestGapNs,
        ByteSeconds = samples.ByteSeconds,
        AnonPeakBytes = samples.AnonPeakBytes,
        ShmemPeakBytes = samples.ShmemPeakBytes,
        FilePeakBytes = samples.FilePeakBytes,
        KernelPeakBytes = samples.KernelPeakBytes,
    };
}
