using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>A sandbox's group where cgroup2 carries the controllers. https://docs.kernel.org/admin-guide/cgroup-v2.html</summary>
internal sealed class V2SandboxGroup : SandboxGroup
{
    private readonly GroupDirectory slice;
    private readonly GroupDirectory directory;
    private readonly CounterFile cpuStat;
    private readonly CounterFile memoryCurrent;
    private readonly CounterFile memoryPeak;
    private readonly CounterFile memoryStat;
    private readonly CounterFile memoryEvents;
    private readonly CounterFile pidsPeak;
    private readonly CounterFile pidsEvents;
    private readonly CounterFile ioStat;
    private readonly PressureFiles pressure;
    private readonly bool peakCanReset;
    private GroupLimits? inForce;

    /// <summary>Takes over an open directory.</summary>
    /// <param name="slice">The parent, which stays the driver's.</param>
    /// <param name="directory">The group, now this object's.</param>
    /// <param name="name">Its name.</param>
    public V2SandboxGroup(GroupDirectory slice, GroupDirectory directory, string name)
    {
        this.slice = slice;
        this.directory = directory;
        Name = name;
        KillFile = directory.OpenFile("cgroup.kill", OpenFlags.WriteOnly);
        cpuStat = new CounterFile(directory, "cpu.stat");
        memoryCurrent = new CounterFile(directory, "memory.current");
        memoryStat = new CounterFile(directory, "memory.stat");
        memoryEvents = new CounterFile(directory, "memory.events");
        pidsPeak = new CounterFile(directory, "pids.peak");
        pidsEvents = new CounterFile(directory, "pids.events");
        ioStat = new CounterFile(directory, "io.stat");
        pressure = new PressureFiles(directory);

        // Since 6.12 a write resets the peak, for readings through the same descriptor only; before, the file has no write permission.
        peakCanReset = FileCalls.TryStatAt(directory.Handle, "memory.peak") is { } peak && (peak.Mode & 0x80) != 0;
        memoryPeak = new CounterFile(directory, "memory.peak", peakCanReset ? OpenFlags.ReadWrite : OpenFlags.ReadOnly);
    }

    public override string Name { get; }

    public override SafeFileHandle EntryDirectory => directory.Handle;

    public override SafeFileHandle KillFile { get; }

    public override IReadOnlyList<SafeFileHandle> AttachFiles => [];

    public override void Apply(GroupLimits limits)
    {
        if (inForce is null)
        {
            directory.Write(SandboxStep.SetLimit, "memory.oom.group", "1");

            // Absent without swap accounting; the driver then has made sure that there is no swap.
            var errno = directory.TryWrite("memory.swap.max", "0");
            if (errno is not (0 or Errno.ENOENT)) throw new SandboxException(SandboxStep.SetLimit, $"{directory.Path}/memory.swap.max", errno);
        }

        if (inForce?.MemoryBytes != limits.MemoryBytes) directory.Write(SandboxStep.SetLimit, "memory.max", $"{limits.MemoryBytes}");
        if (inForce?.Pids != limits.Pids) directory.Write(SandboxStep.SetLimit, "pids.max", $"{limits.Pids}");
        if (inForce is not { } old || CpuQuota.Usec(old.Cpus) != CpuQuota.Usec(limits.Cpus)) directory.Write(SandboxStep.SetLimit, "cpu.max", $"{CpuQuota.Usec(limits.Cpus)} {CpuQuota.PeriodUsec}");
        inForce = limits;
    }

    public override void Kill()
    {
        var written = FileCalls.TryWrite(KillFile, "1"u8);
        if (written < 0 && written != -Errno.ENODEV) throw new SandboxException(SandboxStep.KillGroup, directory.Path, -written);
    }

    public override long ReadCpuNs() => CounterText.UsecToNs(cpuStat.Keyed("usage_usec"u8)) ?? throw NoUsage();

    public override GroupCounters Read()
    {
        Span<byte> buffer = stackalloc byte[CounterFile.BufferSize];
        var cpu = cpuStat.Read(buffer);
        var counters = new GroupCounters
        {
            CpuNs = CounterText.UsecToNs(CounterText.Keyed(cpu, "usage_usec"u8)) ?? throw NoUsage(),
            CpuUserNs = CounterText.UsecToNs(CounterText.Keyed(cpu, "user_usec"u8)),
            CpuSystemNs = CounterText.UsecToNs(CounterText.Keyed(cpu, "system_usec"u8)),
            Periods = CounterText.Keyed(cpu, "nr_periods"u8),
            ThrottledPeriods = CounterText.Keyed(cpu, "nr_throttled"u8),
            ThrottledNs = CounterText.UsecToNs(CounterText.Keyed(cpu, "throttled_usec"u8)),
            MemoryCurrentBytes = memoryCurrent.Single(),
            MemoryPeakBytes = memoryPeak.Single(),
            OomKills = memoryEvents.Keyed("oom_kill"u8) ?? 0,
            PidsPeak = pidsPeak.Single(),
            PidsLimitHits = pidsEvents.Keyed("max"u8) ?? 0,
        };
        var io = ioStat.Read(buffer);
        return counters with
        {
            IoReadBytes = CounterText.NestedSum(io, "rbytes"u8),
            IoWriteBytes = CounterText.NestedSum(io, "wbytes"u8),
            IoReadOperations = CounterText.NestedSum(io, "rios"u8),
            IoWriteOperations = CounterText.NestedSum(io, "wios"u8),
            Pressure = pressure.Read(),
        };
    }

    public override MemoryReading ReadMemory()
    {
        Span<byte> buffer = stackalloc byte[CounterFile.BufferSize];
        var stat = memoryStat.Read(buffer);
        var shmem = CounterText.Keyed(stat, "shmem"u8);
        return new MemoryReading(memoryCurrent.Single(), CounterText.Keyed(stat, "anon"u8), shmem, CounterText.Keyed(stat, "file"u8) - shmem, CounterText.Keyed(stat, "kernel"u8));
    }

    public override bool TryResetMemoryPeak() => peakCanReset && memoryPeak.TryWrite("1"u8);

    public override bool TryRemove() => slice.TryRemoveChild(Name);

    public override void Dispose()
    {
        foreach (var file in (ReadOnlySpan<CounterFile>)[cpuStat, memoryCurrent, memoryPeak, memoryStat, memoryEvents, pidsPeak, pidsEvents, ioStat]) file.Dispose();
        pressure.Dispose();
        KillFile.Dispose();
        directory.Dispose();
    }

    private SandboxException NoUsage() => new(SandboxStep.ReadCounter, $"{directory.Path}/cpu.stat", "the file has no usage_usec.");
}
