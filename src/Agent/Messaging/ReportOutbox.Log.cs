using Microsoft.Extensions.Logging;

namespace Corral.Agent.Messaging;

internal sealed partial class ReportOutbox
{
    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Warning, "{Count} reports could not be sent; they are in the journal and are sent again")]
        public static partial void NotSent(ILogger logger, Exception exception, int count);
    }
}
