using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>A sandbox's group in the unified tree and its twins on v1. https://docs.kernel.org/admin-guide/cgroup-v1/memory.html</summary>
internal sealed class HybridSandboxGroup : SandboxGroup
{
    private readonly HybridSlice slices;
    private readonly GroupDirectory directory;
    private readonly GroupDirectory[] twins;
    private readonly GroupDirectory cpu;
    private readonly GroupDirectory memory;
    private readonly GroupDirectory pids;
    private readonly CounterFile usage;
    private readonly CounterFile throttling;
    private readonly CounterFile memoryCurrent;
    private readonly CounterFile memoryPeak;
    private readonly CounterFile memoryStat;
    private readonly CounterFile memoryOfKernel;
    private readonly CounterFile oomControl;
    private readonly CounterFile pidsPeak;
    private readonly CounterFile pidsEvents;
    private readonly PressureFiles pressure;
    private readonly OomWatch watch;
    private readonly bool limitsSwap;
    private GroupLimits? inForce;

    /// <summary>Takes over an open unified directory; makes the v1 twins, or opens those that are there.</summary>
    public HybridSandboxGroup(HybridSlice slices, GroupDirectory unified, string name, OomWatch watch)
    {
        this.slices = slices;
        this.watch = watch;
        directory = unified;
        Name = name;
        twins = [.. slices.Legacy.Select(s => s.CreateChild(SandboxStep.CreateGroup, name, mayExist: true))];
        GroupDirectory Twin(GroupDirectory slice) => twins[slices.Legacy.TakeWhile(s => s != slice).Count()];
        cpu = Twin(slices.Cpu);
        memory = Twin(slices.Memory);
        pids = Twin(slices.Pids);
        KillFile = unified.OpenFile("cgroup.kill", OpenFlags.WriteOnly);
        AttachFiles = [.. twins.Select(t => t.OpenFile("cgroup.procs", OpenFlags.WriteOnly))];
        limitsSwap = memory.Has("memory.memsw.limit_in_bytes");
        usage = new CounterFile(unified, "cpu.stat");
        throttling = new CounterFile(cpu, "cpu.stat");
        memoryCurrent = new CounterFile(memory, "memory.usage_in_bytes");
        memoryPeak = new CounterFile(memory, "memory.max_usage_in_bytes", OpenFlags.ReadWrite);
        memoryStat = new CounterFile(memory, "memory.stat");
        memoryOfKernel = new CounterFile(memory, "memory.kmem.usage_in_bytes");
        oomControl = new CounterFile(memory, "memory.oom_control");
        pidsPeak = new CounterFile(pids, "pids.peak");
        pidsEvents = new CounterFile(pids, "pids.events");
        pressure = new PressureFiles(unified);
        watch.Add(this, memory);
    }

    public override string Name { get; }

    public override SafeFileHandle EntryDirectory => directory.Handle;

    public override SafeFileHandle KillFile { get; }

    public override IReadOnlyList<SafeFileHandle> AttachFiles { get; }

    /// <summary>Processes that the out-of-memory killer ended. failcnt counts reclaims, not kills, and is no use here.</summary>
    public long OomKills => oomControl.Keyed("oom_kill"u8) ?? 0;

    public override void Apply(GroupLimits limits)
    {
        if (inForce?.MemoryBytes != limits.MemoryBytes) ApplyMemory(limits.MemoryBytes);
        if (inForce?.Pids != limits.Pids) pids.Write(SandboxStep.SetLimit, "pids.max", $"{limits.Pids}");
        if (inForce is not { } old || CpuQuota.Usec(old.Cpus) != CpuQuota.Usec(limits.Cpus))
        {
            if (inForce is null) cpu.Write(SandboxStep.SetLimit, "cpu.cfs_period_us", $"{CpuQuota.PeriodUsec}");
            cpu.Write(SandboxStep.SetLimit, "cpu.cfs_quota_us", $"{CpuQuota.Usec(limits.Cpus)}");
        }

        inForce = limits;
    }

    public override void Kill()
    {
        var written = FileCalls.TryWrite(KillFile, "1"u8);
        if (written < 0 && written != -Errno.ENODEV) throw new SandboxException(SandboxStep.KillGroup, directory.Path, -written);
    }

    public override long ReadCpuNs() => CounterText.UsecToNs(usage.Keyed("usage_usec"u8)) ?? throw NoUsage();

    public override GroupCounters Read()
    {
        Span<byte> buffer = stackalloc byte[CounterFile.BufferSize];
        var time = usage.Read(buffer);
        var counters = new GroupCounters
        {
            CpuNs = CounterText.UsecToNs(CounterText.Keyed(time, "usage_usec"u8)) ?? throw NoUsage(),
            CpuUserNs = CounterText.UsecToNs(CounterText.Keyed(time, "user_usec"u8)),
            CpuSystemNs = CounterText.UsecToNs(CounterText.Keyed(time, "system_usec"u8)),
            MemoryCurrentBytes = memoryCurrent.Single(),
            MemoryPeakBytes = memoryPeak.Single(),
            OomKills = OomKills,
            PidsPeak = pidsPeak.Single(),
            PidsLimitHits = pidsEvents.Keyed("max"u8) ?? 0,
        };
        var quota = throttling.Read(buffer);
        return counters with
        {
            Periods = CounterText.Keyed(quota, "nr_periods"u8),
            ThrottledPeriods = CounterText.Keyed(quota, "nr_throttled"u8),
            ThrottledNs = CounterText.Keyed(quota, "throttled_time"u8), // nanoseconds on v1
            Pressure = pressure.Read(),
        };
    }

    public override MemoryReading ReadMemory()
    {
        Span<byte> buffer = stackalloc byte[CounterFile.BufferSize];
        var stat = memoryStat.Read(buffer);
        var shmem = CounterText.Keyed(stat, "total_shmem"u8);
        return new MemoryReading(memoryCurrent.Single(), CounterText.Keyed(stat, "total_rss"u8), shmem, CounterText.Keyed(stat, "total_cache"u8) - shmem, memoryOfKernel.Single());
    }

    public override bool TryResetMemoryPeak() => memoryPeak.TryWrite("0"u8);

    /// <summary>The unified group goes last: as long as any twin is left, <see cref="ICgroupDriver.List"/> names it.</summary>
    public override bool TryRemove() => TryRemove(slices, Name);

    /// <summary>Removes what there is of a group, finished or not.</summary>
    public static bool TryRemove(HybridSlice slices, string name)
    {
        var gone = true;
        foreach (var slice in slices.Legacy) gone &= slice.TryRemoveChild(name);
        return gone && slices.Unified.TryRemoveChild(name);
    }

    public override void Dispose()
    {
        watch.Remove(this);
        foreach (var file in (ReadOnlySpan<CounterFile>)[usage, throttling, memoryCurrent, memoryPeak, memoryStat, memoryOfKernel, oomControl, pidsPeak, pidsEvents]) file.Dispose();
        pressure.Dispose();
        foreach (var file in AttachFiles) file.Dispose();
        foreach (var twin in twins) twin.Dispose();
        KillFile.Dispose();
        directory.Dispose();
    }

    // memory + swap may never be below memory, so raising begins with the sum and lowering with the part. Which of the two it is is
    // unknown for a group that an earlier agent made: the kernel answers EINVAL to the wrong order.
    private void ApplyMemory(long bytes)
    {
        const string part = "memory.limit_in_bytes", sum = "memory.memsw.limit_in_bytes";
        var errno = memory.TryWrite(part, $"{bytes}");
        if (errno == Errno.EINVAL && limitsSwap)
        {
            memory.Write(SandboxStep.SetLimit, sum, $"{bytes}");
            errno = memory.TryWrite(part, $"{bytes}");
        }

        if (errno != 0) throw new SandboxException(SandboxStep.SetLimit, $"{memory.Path}/{part}", errno);
        if (limitsSwap) memory.Write(SandboxStep.SetLimit, sum, $"{bytes}");
    }

    private SandboxException NoUsage() => new(SandboxStep.ReadCounter, $"{directory.Path}/cpu.stat", "the file has no usage_usec.");
}
