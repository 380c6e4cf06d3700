using Corral.Shared.Contracts;

namespace Corral.Coordinator.Messaging;

/// <summary>What the coordinator says to agents. A message may be lost: everything said is said again where it matters.</summary>
internal interface IAgentBus
{
    Task SendAsync(string agentId, StartAttempts message);
    Task SendAsync(string agentId, CancelAttempts message);
    Task SendAsync(string agentId, WatchAttempts message);
    Task SendAsync(string agentId, AcknowledgeReports message);
    Task SendAsync(string agentId, AgentWelcomed message);
    Task SendAsync(string agentId, LeaseRenewed message);
    Task SendAsync(string agentId, LeaseRefused message);
}
