using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Grains;

internal sealed partial class PoolGrain
{
    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Information, "Pool {Pool} is taken with epoch {Epoch}: {Queued} jobs queued, {Open} attempts open, {Agents} agents known.")]
        public static partial void Taken(ILogger logger, string pool, long epoch, int queued, int open, int agents);

        [LoggerMessage(1002, LogLevel.Warning, "Pool {Pool} forgets what it remembers under epoch {Epoch} and reads again: {Reason}")]
        public static partial void Abandoned(ILogger logger, string pool, long epoch, string reason);

        [LoggerMessage(1003, LogLevel.Warning, "Attempt {AttemptId} on agent {AgentId} is given up: {Reason}")]
        public static partial void Lost(ILogger logger, AttemptId attemptId, string agentId, string reason);

        [LoggerMessage(1004, LogLevel.Warning, "A report of attempt {AttemptId} came from agent {AgentId} after the attempt was given up; it is kept as evidence and not billed.")]
        public static partial void Late(ILogger logger, AttemptId attemptId, string agentId);

        [LoggerMessage(1006, LogLevel.Debug, "The watchers of job {JobId} could not be told; they look for themselves.")]
        public static partial void NotTold(ILogger logger, Exception error, JobId jobId);

        [LoggerMessage(1005, LogLevel.Error, "Work of pool {Pool} failed.")]
        public static partial void WorkFailed(ILogger logger, Exception error, string pool);
    }
}
