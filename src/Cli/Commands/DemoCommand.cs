using System.CommandLine;
using Corral.Cli.Demo;

namespace Corral.Cli.Commands;

/// <summary><c>corral demo</c></summary>
internal static class DemoCommand
{
    public static Command Build()
    {
        var all = new Option<bool>("--all") { Description = "Show each of the batch operator's jobs in the table" };
        var command = new Command("demo", "Run a judge's day and a batch operator's day in real sandboxes, check every verdict, fact and bill, and leave nothing behind") { all };
        command.SetAction((line, cancel) => new DemoRun(line.StateFolder(), TimeProvider.System, line.WantsJson()).RunAsync(line.GetValue(all), cancel));
        return command;
    }
}
