using Corral.Shared.Contracts;

namespace Corral.Coordinator.Application;

/// <summary>An agent as it is at one moment.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Pool">The pool it serves.</param>
/// <param name="Live">Whether its lease runs.</param>
/// <param name="Epoch">The newest lease epoch.</param>
/// <param name="LeaseUntil">When the coordinator gives up what it holds, unless renewed.</param>
/// <param name="Capacity">What it can reserve.</param>
/// <param name="ReservedCpus">Processors reserved by placed attempts.</param>
/// <param name="ReservedMemoryBytes">Memory reserved by placed attempts.</param>
/// <param name="Attempts">Attempts placed on it.</param>
/// <param name="Labels">Free marks.</param>
/// <param name="Kernel">As <c>uname -r</c> prints it.</param>
/// <param name="CgroupMode"><c>v2</c> or <c>hybrid</c>.</param>
/// <param name="Version">The program's version.</param>
/// <param name="RegisteredAt">When its newest process registered.</param>
internal sealed record AgentView(
    string Id, string Pool, bool Live, long Epoch, DateTimeOffset LeaseUntil, AgentCapacity Capacity,
    double ReservedCpus, long ReservedMemoryBytes, int Attempts, IReadOnlyDictionary<string, string> Labels,
    string Kernel, string CgroupMode, string Version, DateTimeOffset RegisteredAt);
