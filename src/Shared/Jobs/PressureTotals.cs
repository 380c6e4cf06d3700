namespace Corral.Shared.Jobs;

/// <summary>How long a step waited for what it lacked: pressure stall information, at death minus at dispatch. https://docs.kernel.org/accounting/psi.html</summary>
public sealed record PressureTotals
{
    /// <summary>Some task of it waited for a processor, nanoseconds.</summary>
    public long? CpuSomeNs { get; init; }
    /// <summary>Some task of it waited for memory, nanoseconds.</summary>
    public long? MemorySomeNs { get; init; }
    /// <summary>Every task of it waited for memory, nanoseconds.</summary>
    public long? MemoryFullNs { get; init; }
    /// <summary>Some task of it waited for a block device, nanoseconds.</summary>
    public long? IoSomeNs { get; init; }
    /// <summary>Every task of it waited for a block device, nanoseconds.</summary>
    public long? IoFullNs { get; init; }
}
