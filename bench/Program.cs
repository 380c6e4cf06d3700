using System.Globalization;
using Corral.Bench.Report;
using Corral.Bench.Sandboxes;
using Corral.Bench.Serving;

namespace Corral.Bench;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var name = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";
        var quick = args.Contains("--quick");
        var only = args.FirstOrDefault(a => a.StartsWith("--only=", StringComparison.Ordinal))?["--only=".Length..];
        using var stop = new CancellationTokenSource();
        using var onInterrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(
            System.Runtime.InteropServices.PosixSignal.SIGINT,
            context =>
            {
                context.Cancel = true;
                stop.Cancel();
            });

        if (name == ServeWithoutControllers.Name)
        {
            await ServeWithoutControllers.RunAsync(stop.Token);
            return 0;
        }

        // Bare runs block their thread in waitpid; the pool must have one for each at once.
        ThreadPool.SetMinThreads(16, 16);
        using var report = new BarReport(name, BarReport.ResultsDirectory());
        try
        {
            switch (name)
            {
                case "sandbox":
                    await new SandboxSuite(report, quick, only).RunAsync(stop.Token);
                    break;
                case "single":
                    await new SingleSuite(report, quick).RunAsync(stop.Token);
                    break;
                default:
                    await Console.Error.WriteLineAsync($"There is no benchmark '{name}'. There are: sandbox, single.");
                    return 2;
            }
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Interrupted; what was made has been removed.");
            return 2;
        }
        return report.Failed ? 1 : 0;
    }
}
