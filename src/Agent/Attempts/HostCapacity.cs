using Corral.Shared.Contracts;

namespace Corral.Agent.Attempts;

/// <summary>What may be reserved on this host where the operator does not say.</summary>
internal static class HostCapacity
{
    private const double MemoryShare = 0.8;

    public static AgentCapacity Of(AgentOptions options) => new(
        options.Cpus > 0 ? options.Cpus : Environment.ProcessorCount,
        // The collector knows the host's memory, or the limit of the container or group that the agent itself is in, whichever is less.
        options.MemoryBytes > 0 ? options.MemoryBytes : (long)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * MemoryShare),
        options.MaxAttempts);
}
