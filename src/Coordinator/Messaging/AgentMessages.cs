using Corral.Coordinator.Grains;
using Corral.Shared.Contracts;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Messaging;

/// <summary>
/// What agents say, handed to their grains. Consumers never throw: what could not be done is not acknowledged, and the agent says it again (a start and a
/// renewal every second, a report until it is acknowledged); a message moved to an error queue would only repeat what its sender repeats anyway.
/// </summary>
internal sealed partial class AgentMessages(IGrainFactory grains, ILogger<AgentMessages> logger) :
    IConsumer<AgentStarted>, IConsumer<RenewLease>, IConsumer<AttemptReports>, IConsumer<AttemptsProgressed>
{
    public Task Consume(ConsumeContext<AgentStarted> context) => Hand(context.Message.AgentId, context.Message, static (agent, message) => agent.StartedAsync(message));
    public Task Consume(ConsumeContext<RenewLease> context) => Hand(context.Message.AgentId, context.Message, static (agent, message) => agent.RenewAsync(message));
    public Task Consume(ConsumeContext<AttemptReports> context) => Hand(context.Message.AgentId, context.Message, static (agent, message) => agent.ReportAsync(message));
    public Task Consume(ConsumeContext<AttemptsProgressed> context) => Hand(context.Message.AgentId, context.Message, static (agent, message) => agent.ProgressAsync(message));

    private async Task Hand<T>(string agentId, T message, Func<IAgentGrain, T, Task> call)
    {
        try
        {
            await call(grains.GetGrain<IAgentGrain>(agentId), message);
        }
        catch (Exception e)
        {
            Log.NotHandled(logger, e, typeof(T).Name, agentId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1202, LogLevel.Warning, "{Message} of agent {AgentId} could not be handled; the agent will say it again.")]
        public static partial void NotHandled(ILogger logger, Exception error, string message, string agentId);
    }
}
