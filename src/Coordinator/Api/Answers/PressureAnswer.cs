using System.ComponentModel;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.Answers;

/// <summary>How long a step waited for what it lacked.</summary>
internal sealed record PressureAnswer
{
    [Description("Some task of it waited for a processor, nanoseconds.")]
    public long? CpuSomeNs { get; init; }
    [Description("Some task of it waited for memory, nanoseconds.")]
    public long? MemorySomeNs { get; init; }
    [Description("Every task of it waited for memory, nanoseconds.")]
    public long? MemoryFullNs { get; init; }
    [Description("Some task of it waited for a block device, nanoseconds.")]
    public long? IoSomeNs { get; init; }
    [Description("Every task of it waited for a block device, nanoseconds.")]
    public long? IoFullNs { get; init; }

    public static PressureAnswer Of(PressureTotals pressure) => new()
    {
        CpuSomeNs = pressure.CpuSomeNs,
        MemorySomeNs = pressure.MemorySomeNs,
        MemoryFullNs = pressure.MemoryFullNs,
        IoSomeNs = pressure.IoSomeNs,
        IoFullNs = pressure.IoFullNs,
    };
}
