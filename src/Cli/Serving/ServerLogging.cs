using Microsoft.Extensions.Configuration;
using Serilog;
using Serilog.Events;

namespace Corral.Cli.Serving;

/// <summary>Console for people, a compact JSON file for machines; the section <c>Serilog</c> changes levels and adds sinks.</summary>
internal static class ServerLogging
{
    private const int KeptFiles = 7;
    private const long LargestFile = 64L << 20;

    public static Serilog.Core.Logger Create(IConfiguration configuration, StateFolder state, bool console)
    {
        var logging = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("MassTransit", LogEventLevel.Warning)
            // A start that fails is said once, by whoever asked for it.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .Enrich.FromLogContext()
            .ReadFrom.Configuration(configuration)
            .WriteTo.File(new CompactJson(), Path.Combine(state.LogFolder, "corral-.json"), rollingInterval: RollingInterval.Day,
                retainedFileCountLimit: KeptFiles, fileSizeLimitBytes: LargestFile, rollOnFileSizeLimit: true);
        if (console)
            logging.WriteTo.Console(standardErrorFromLevel: LogEventLevel.Verbose, outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u4} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        return logging.CreateLogger();
    }
}
