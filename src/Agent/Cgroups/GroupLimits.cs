namespace Corral.Agent.Cgroups;

/// <summary>The limits that the kernel holds on a group.</summary>
/// <param name="Cpus">Processors' worth of time; cpu.max with a period of 100 ms.</param>
/// <param name="MemoryBytes">memory.max, with memory.swap.max 0 and memory.oom.group 1.</param>
/// <param name="Pids">pids.max, PID 1 included.</param>
internal readonly record struct GroupLimits(double Cpus, long MemoryBytes, int Pids);
