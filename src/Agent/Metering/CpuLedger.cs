using Corral.Agent.Cgroups;
using Corral.Agent.Sandbox;

namespace Corral.Agent.Metering;

/// <summary>Adds up what the usage records say, to be held against the kernel's own total (invariant I5).</summary>
internal sealed class CpuLedger(ICgroupDriver cgroups, SandboxHost sandboxes)
{
    private readonly long _sliceAtStartNs = cgroups.SliceCpuNs();
    private readonly long _unusedAtStartNs = sandboxes.UnusedCpuNs;
    private long _stepsNs;
    private long _overheadNs;

    /// <summary>Counts a step that this process saw from dispatch to death.</summary>
    public void Add(StepEnd end)
    {
        Interlocked.Add(ref _stepsNs, end.Death.CpuNs - end.Baseline.CpuNs);
        Interlocked.Add(ref _overheadNs, end.OverheadCpuNs);
    }

    /// <summary>The balance now.</summary>
    public CpuBalance Take() => new(
        cgroups.SliceCpuNs() - _sliceAtStartNs,
        Interlocked.Read(ref _stepsNs),
        Interlocked.Read(ref _overheadNs) + sandboxes.UnusedCpuNs - _unusedAtStartNs);
}
