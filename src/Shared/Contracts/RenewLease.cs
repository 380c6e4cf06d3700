using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>Agent to coordinator, every second: I am alive and hold these attempts. An order that vanished shows as a placement that is not held, and is sent again.</summary>
/// <param name="AgentId">The agent.</param>
/// <param name="Epoch">The lease epoch.</param>
/// <param name="Renewal">Rises with each renewal of this process; the answer carries it.</param>
/// <param name="Held">Attempts that it runs or has not yet had acknowledged.</param>
public sealed record RenewLease(string AgentId, long Epoch, long Renewal, IReadOnlyList<AttemptId> Held);
