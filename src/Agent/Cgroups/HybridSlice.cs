namespace Corral.Agent.Cgroups;

/// <summary>The slice in each hierarchy; cpu, memory and pids may be one and the same directory where controllers are mounted together.</summary>
/// <param name="Unified">The cgroup2 tree.</param>
/// <param name="Legacy">Each v1 hierarchy once.</param>
/// <param name="Cpu">The one that carries cpu.</param>
/// <param name="Memory">The one that carries memory.</param>
/// <param name="Pids">The one that carries pids.</param>
internal sealed record HybridSlice(GroupDirectory Unified, IReadOnlyList<GroupDirectory> Legacy, GroupDirectory Cpu, GroupDirectory Memory, GroupDirectory Pids);
