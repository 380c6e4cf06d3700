using System.Collections.Concurrent;
using Corral.Shared.Contracts;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Messaging;

/// <summary>Sends to the agents' queues. A failure is logged and forgotten: orders are sent again when a renewal shows that they are missing, answers when the agent asks again.</summary>
internal sealed partial class MassTransitAgentBus(IBus bus, ILogger<MassTransitAgentBus> logger) : IAgentBus
{
    private readonly ConcurrentDictionary<string, Task<ISendEndpoint>> _endpoints = new(StringComparer.Ordinal);

    public Task SendAsync(string agentId, StartAttempts message) => Send(agentId, message);
    public Task SendAsync(string agentId, CancelAttempts message) => Send(agentId, message);
    public Task SendAsync(string agentId, WatchAttempts message) => Send(agentId, message);
    public Task SendAsync(string agentId, AcknowledgeReports message) => Send(agentId, message);
    public Task SendAsync(string agentId, AgentWelcomed message) => Send(agentId, message);
    public Task SendAsync(string agentId, LeaseRenewed message) => Send(agentId, message);
    public Task SendAsync(string agentId, LeaseRefused message) => Send(agentId, message);

    private async Task Send<T>(string agentId, T message)
        where T : class
    {
        try
        {
            var endpoint = await _endpoints.GetOrAdd(agentId, id => bus.GetSendEndpoint(new Uri($"queue:{Queues.Agent(id)}")));
            await endpoint.Send(message);
        }
        catch (Exception e)
        {
            _endpoints.TryRemove(agentId, out _);
            Log.SendFailed(logger, e, typeof(T).Name, agentId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Warning, "{Message} could not be sent to agent {AgentId}; it is sent again when the agent shows that it misses it.")]
        public static partial void SendFailed(ILogger logger, Exception error, string message, string agentId);
    }
}
