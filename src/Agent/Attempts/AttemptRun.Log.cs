using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

internal sealed partial class AttemptRun
{
    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Warning, "Step '{Step}' of attempt {AttemptId} broke by our fault; it is not billed and the coordinator decides on a retry")]
        public static partial void StepBroke(ILogger logger, Exception exception, AttemptId attemptId, string step);
    }
}
