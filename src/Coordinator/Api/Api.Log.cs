using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Api;

/// <summary>What the API logs. A caller's fault is an answer, not a log line above Information.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(1801, LogLevel.Error, "Answering {Method} {Path} failed by our fault.")]
    public static partial void RequestFailed(this ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(1802, LogLevel.Warning, "The store refused {Method} {Path}: {Fault}. The caller is told to try again; nothing was acknowledged.")]
    public static partial void StoreRefused(this ILogger logger, string method, string path, Storage.StorageFault fault);

    [LoggerMessage(1803, LogLevel.Debug, "{Method} {Path} was answered {Status} with the codes {Codes}.")]
    public static partial void RequestRefused(this ILogger logger, string method, string path, int status, string codes);
}
