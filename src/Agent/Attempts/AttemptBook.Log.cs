using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

internal sealed partial class AttemptBook
{
    private static partial class Log
    {
        [LoggerMessage(2010, LogLevel.Debug, "Attempt {AttemptId} has ended: {Verdict}")]
        public static partial void Ended(ILogger logger, AttemptId attemptId, Verdict verdict);

        [LoggerMessage(2011, LogLevel.Information, "Attempt {AttemptId} goes on after a restart: {EndedSteps} of its steps were in the journal, {KeptSteps} were kept by the launcher")]
        public static partial void Resumed(ILogger logger, AttemptId attemptId, int endedSteps, int keptSteps);

        [LoggerMessage(2012, LogLevel.Warning, "Attempt {AttemptId} was accepted before a restart, and nothing of it is left on this host: it is lost")]
        public static partial void LostAtRestart(ILogger logger, AttemptId attemptId);

        [LoggerMessage(2013, LogLevel.Information, "{Count} orders of epoch {Epoch} are dropped: this agent's epoch is {OwnEpoch}")]
        public static partial void WrongEpoch(ILogger logger, int count, long epoch, long ownEpoch);

        [LoggerMessage(2014, LogLevel.Warning, "The order of attempt {AttemptId} is not taken: {Cpus} processors and {MemoryBytes} bytes do not fit beside what is reserved")]
        public static partial void NoRoom(ILogger logger, AttemptId attemptId, double cpus, long memoryBytes);

        [LoggerMessage(2015, LogLevel.Error, "The order of attempt {AttemptId} makes no sense and is not taken: the coordinator sent a job that it had not validated")]
        public static partial void NotValidated(ILogger logger, Exception exception, AttemptId attemptId);

        [LoggerMessage(2016, LogLevel.Warning, "The launcher has not unmounted the workspaces of attempt {AttemptId} within {Seconds} s of the stop; the next start removes them")]
        public static partial void NotLetGo(ILogger logger, AttemptId attemptId, double seconds);

        [LoggerMessage(2017, LogLevel.Error, "Workspace {Workspace} of an earlier agent process cannot be unmounted and keeps its memory until the launcher ends")]
        public static partial void WorkspaceStays(ILogger logger, Exception exception, long workspace);
    }
}
