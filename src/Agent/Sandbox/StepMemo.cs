using System.Runtime.InteropServices;
using Corral.Agent.Cgroups;
using Corral.Shared.Jobs;

namespace Corral.Agent.Sandbox;

/// <summary>What the launcher remembers for the agent about a running step: with it, another agent process can hold the same limits and compute the same usage.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StepMemo
{
    private const long Absent = long.MinValue;

    public long CpuLimitNs;
    public long OutputBytes;
    public long CaptureBytes;
    public long StartedAtUtcTicks;
    public double Cpus;
    public long BaselineCpuNs;
    private long _cpuUserNs, _cpuSystemNs, _periods, _throttledPeriods, _throttledNs, _memoryCurrent, _memoryPeak, _pidsPeak, _ioRead, _ioWrite;
    private long _oomKills, _pidsLimitHits, _ioReads, _ioWrites;
    private long _cpuStall, _memoryStall, _memoryFullStall, _ioStall, _ioFullStall;

    /// <summary>The counters at dispatch; what the host lacks stays absent.</summary>
    public GroupCounters Baseline
    {
        readonly get => new()
        {
            CpuNs = BaselineCpuNs,
            CpuUserNs = Load(_cpuUserNs),
            CpuSystemNs = Load(_cpuSystemNs),
            Periods = Load(_periods),
            ThrottledPeriods = Load(_throttledPeriods),
            ThrottledNs = Load(_throttledNs),
            MemoryCurrentBytes = Load(_memoryCurrent),
            MemoryPeakBytes = Load(_memoryPeak),
            OomKills = _oomKills,
            PidsPeak = Load(_pidsPeak),
            PidsLimitHits = _pidsLimitHits,
            IoReadBytes = Load(_ioRead),
            IoWriteBytes = Load(_ioWrite),
            IoReadOperations = Load(_ioReads),
            IoWriteOperations = Load(_ioWrites),
            Pressure = _cpuStall == Absent && _memoryStall == Absent && _ioStall == Absent ? null : new PressureTotals
            {
                CpuSomeNs = Load(_cpuStall),
                MemorySomeNs = Load(_memoryStall),
                MemoryFullNs = Load(_memoryFullStall),
                IoSomeNs = Load(_ioStall),
                IoFullNs = Load(_ioFullStall),
            },
        };
        set
        {
            BaselineCpuNs = value.CpuNs;
            _cpuUserNs = value.CpuUserNs ?? Absent;
            _cpuSystemNs = value.CpuSystemNs ?? Absent;
            _periods = value.Periods ?? Absent;
            _throttledPeriods = value.ThrottledPeriods ?? Absent;
            _throttledNs = value.ThrottledNs ?? Absent;
            _memoryCurrent = value.MemoryCurrentBytes ?? Absent;
            _memoryPeak = value.MemoryPeakBytes ?? Absent;
            _oomKills = value.OomKills;
            _pidsPeak = value.PidsPeak ?? Absent;
            _pidsLimitHits = value.PidsLimitHits;
            _ioRead = value.IoReadBytes ?? Absent;
            _ioWrite = value.IoWriteBytes ?? Absent;
            _ioReads = value.IoReadOperations ?? Absent;
            _ioWrites = value.IoWriteOperations ?? Absent;
            _cpuStall = value.Pressure?.CpuSomeNs ?? Absent;
            _memoryStall = value.Pressure?.MemorySomeNs ?? Absent;
            _memoryFullStall = value.Pressure?.MemoryFullNs ?? Absent;
            _ioStall = value.Pressure?.IoSomeNs ?? Absent;
            _ioFullStall = value.Pressure?.IoFullNs ?? Absent;
        }
    }

    private static long? Load(long value) => value == Absent ? null : value;
}
