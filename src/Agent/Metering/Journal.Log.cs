using Microsoft.Extensions.Logging;

namespace Corral.Agent.Metering;

internal sealed partial class Journal
{
    private static partial class Log
    {
        [LoggerMessage(2100, LogLevel.Warning, "Cut {Bytes} bytes of an unfinished write off the end of the journal '{Path}': nobody had been told that they were durable")]
        public static partial void TailCut(ILogger logger, long bytes, string path);

        [LoggerMessage(2101, LogLevel.Error, "The disk that holds the journal '{Path}' is full: no more work is taken until there is room")]
        public static partial void DiskFull(ILogger logger, string path);

        [LoggerMessage(2102, LogLevel.Information, "The disk that holds the journal '{Path}' has room again: work is taken")]
        public static partial void DiskHasRoom(ILogger logger, string path);

        [LoggerMessage(2103, LogLevel.Critical, "The journal cannot be made durable: the agent stops")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
