using System.CommandLine;
using System.CommandLine.Help;
using Corral.Cli.Client;
using Corral.Cli.Commands;

namespace Corral.Cli;

/// <summary>The commands, and how a wrong line, an error or a signal ends the program.</summary>
internal static class CommandLine
{
    public static RootCommand Build()
    {
        var root = new RootCommand("Runs jobs in sandboxes: each step in a fresh one, with limits that the kernel enforces, a verdict and a bill.")
        {
            DemoCommand.Build(), UpCommand.Build(), RunCommand.Build(), SubmitCommand.Build(), GetCommand.Build(), ListCommand.Build(), LogsCommand.Build(),
            CancelCommand.Build(), WaitCommand.Build(), UsageCommand.Build(), AgentsCommand.Build(), DoctorCommand.Build(), VersionCommand.Build(),
        };
        SharedOptions.AddTo(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] args)
    {
        // '@name' stands for itself: file names and job arguments may begin so.
        var line = Build().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isRun = line.CommandResult.Command.Name == RunCommand.Name;
        if (line.Errors.Count > 0 && line.Action is not HelpAction)
        {
            foreach (var error in line.Errors.Select(e => e.Message).Distinct())
                await Console.Error.WriteLineAsync($"corral: {error}");
            await Console.Error.WriteLineAsync($"Try 'corral {(line.CommandResult.Command is RootCommand ? "" : line.CommandResult.Command.Name + " ")}--help'.");
            return isRun ? ExitCodes.RunFault : ExitCodes.BadUsage;
        }

        using var stop = new StopSignals();
        try
        {
            // The library's own handling would end the process two seconds after a signal, in the middle of a clean stop.
            var code = await line.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
            return code;
        }
        catch (UserError e)
        {
            await Console.Error.WriteLineAsync($"corral: {e.Message}");
            return isRun ? ExitCodes.RunFault : e.ExitCode;
        }
        catch (ApiException e)
        {
            await Console.Error.WriteLineAsync($"corral: {e.Message}");
            return isRun ? ExitCodes.RunFault : e.IsCallersFault ? ExitCodes.BadUsage : ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (stop.Signal is { } signal)
        {
            return ExitCodes.SignalBase + signal;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"corral: this is our fault, please report it. {e}");
            return isRun ? ExitCodes.RunFault : ExitCodes.Failure;
        }
    }
}
