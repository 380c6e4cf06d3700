using Corral.Agent.Sandbox;

namespace Corral.Agent.Attempts;

/// <summary>Somebody asked that an attempt ends.</summary>
/// <param name="Reason">Cancelled, Deadline, LeaseEnded or Fenced.</param>
/// <param name="AtNs">When, CLOCK_BOOTTIME nanoseconds.</param>
internal sealed record StopRequest(KillReason Reason, long AtNs);
