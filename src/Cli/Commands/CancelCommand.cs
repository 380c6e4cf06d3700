using System.CommandLine;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral cancel JOB...</c></summary>
internal static class CancelCommand
{
    public static Command Build()
    {
        var jobs = JobArgument.Many();
        var command = new Command("cancel", "End queued jobs at once, and running ones as soon as their agent hears of it") { jobs };
        command.SetAction(async (line, cancel) =>
        {
            using var client = line.Connect();
            foreach (var job in line.GetValue(jobs)!)
            {
                var answer = await client.CancelAsync(job, cancel);
                if (line.WantsJson())
                    Printer.JsonLine(answer);
                else
                    Console.WriteLine($"{job} cancel requested");
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
