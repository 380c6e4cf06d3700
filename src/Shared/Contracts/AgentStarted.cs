using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Agent to coordinator: a process of this agent has started (or its epoch was refused) and asks for a lease. Answered by <see cref="AgentWelcomed"/>.</summary>
/// <param name="AgentId">The agent's name, stable over restarts.</param>
/// <param name="Instance">This process; an answer to an earlier process is ignored.</param>
/// <param name="Pool">The pool it serves.</param>
/// <param name="Capacity">What it can reserve.</param>
/// <param name="Labels">Free marks.</param>
/// <param name="Kernel">As <c>uname -r</c> prints it.</param>
/// <param name="CgroupMode"><c>v2</c> or <c>hybrid</c>.</param>
/// <param name="Held">Attempts that it runs or has not yet had acknowledged.</param>
/// <param name="Version">The program's version.</param>
public sealed record AgentStarted(
    string AgentId, Guid Instance, string Pool, AgentCapacity Capacity, IReadOnlyDictionary<string, string> Labels,
    string Kernel, string CgroupMode, IReadOnlyList<AttemptId> Held, string Version);
