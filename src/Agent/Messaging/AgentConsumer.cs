using Corral.Agent.Attempts;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Messaging;

/// <summary>
/// Takes what the coordinator says. Never throws: a message that fails would be moved to an error queue that nobody acts on, while section 2's renewals
/// send everything again that matters.
/// </summary>
internal sealed partial class AgentConsumer(AgentService agent, ILogger<AgentConsumer> logger) :
    IConsumer<StartAttempts>, IConsumer<CancelAttempts>, IConsumer<WatchAttempts>, IConsumer<AcknowledgeReports>,
    IConsumer<AgentWelcomed>, IConsumer<LeaseRenewed>, IConsumer<LeaseRefused>
{
    // The message is acknowledged when this ends: the orders are durable by then.
    public Task Consume(ConsumeContext<StartAttempts> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) => node.Book.AcceptAsync(message));

    public Task Consume(ConsumeContext<CancelAttempts> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        if (message.Epoch == node.Lease.Epoch)
            node.Book.Stop(message.Attempts, message.Verdict == Verdict.DeadlinePassed ? KillReason.Deadline : KillReason.Cancelled);
        return Task.CompletedTask;
    });

    public Task Consume(ConsumeContext<WatchAttempts> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        node.Book.Watch(message.Attempts, message.On);
        return Task.CompletedTask;
    });

    public Task Consume(ConsumeContext<AcknowledgeReports> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        node.Book.Acknowledge(message.Sequences);
        return Task.CompletedTask;
    });

    public Task Consume(ConsumeContext<AgentWelcomed> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        node.Lease.On(message);
        return Task.CompletedTask;
    });

    public Task Consume(ConsumeContext<LeaseRenewed> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        node.Lease.On(message);
        return Task.CompletedTask;
    });

    public Task Consume(ConsumeContext<LeaseRefused> context) => TakeAsync(context.Message.AgentId, context.Message, static (node, message) =>
    {
        node.Lease.On(message);
        return Task.CompletedTask;
    });

    private async Task TakeAsync<T>(string agentId, T message, Func<AgentNode, T, Task> take)
    {
        // Before the agent has started there is nobody to tell: it is told again.
        if (agent.Node is not { } node || agentId != agent.Id)
            return;
        try
        {
            await take(node, message);
        }
        catch (Exception failure)
        {
            Log.NotTaken(logger, failure, typeof(T).Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2220, LogLevel.Error, "A message of type {Message} could not be taken; the coordinator says it again where it matters")]
        public static partial void NotTaken(ILogger logger, Exception exception, string message);
    }
}
