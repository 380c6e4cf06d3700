using Corral.Shared.Jobs;

namespace Corral.Agent.Cgroups;

/// <summary>The pressure files of a cgroup2 directory, which need no controller. https://docs.kernel.org/accounting/psi.html#cgroup2-interface</summary>
internal sealed class PressureFiles(GroupDirectory directory) : IDisposable
{
    private readonly CounterFile _cpu = new(directory, "cpu.pressure");
    private readonly CounterFile _memory = new(directory, "memory.pressure");
    private readonly CounterFile _io = new(directory, "io.pressure");

    /// <summary>Totals since the group's birth; null where this kernel keeps none (psi=0, or built without).</summary>
    public PressureTotals? Read()
    {
        Span<byte> buffer = stackalloc byte[CounterFile.BufferSize];
        // The "full" line of cpu.pressure is always 0 for the machine and says little of a group.
        var cpu = CounterText.StallNs(_cpu.Read(buffer), "some"u8);
        var memory = _memory.Read(buffer);
        var (memorySome, memoryFull) = (CounterText.StallNs(memory, "some"u8), CounterText.StallNs(memory, "full"u8));
        var io = _io.Read(buffer);
        var (ioSome, ioFull) = (CounterText.StallNs(io, "some"u8), CounterText.StallNs(io, "full"u8));
        return cpu is null && memorySome is null && ioSome is null
            ? null
            : new PressureTotals { CpuSomeNs = cpu, MemorySomeNs = memorySome, MemoryFullNs = memoryFull, IoSomeNs = ioSome, IoFullNs = ioFull };
    }

    public void Dispose()
    {
        _cpu.Dispose();
        _memory.Dispose();
        _io.Dispose();
    }
}
