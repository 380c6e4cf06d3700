using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral get JOB</c></summary>
internal static class GetCommand
{
    public static Command Build()
    {
        var job = JobArgument.One();
        var command = new Command("get", "Show a job, its steps and its receipt") { job };
        command.SetAction(async (line, cancel) =>
        {
            using var client = line.Connect();
            var answer = await client.GetAsync($"v1/jobs/{JobArgument.Path(line.GetValue(job)!)}", cancel);
            if (line.WantsJson())
                Printer.Json(answer);
            else
                JobTable.Print(Wire.Job(answer));
            return ExitCodes.Success;
        });
        return command;
    }
}
