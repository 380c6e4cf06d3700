using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Output;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary><c>corral logs [-f] JOB</c>: the kept output of every step, stdout to stdout and stderr to stderr.</summary>
internal static class LogsCommand
{
    public static Command Build()
    {
        var job = JobArgument.One();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the job has ended" };
        var command = new Command("logs", "Show a job's output") { job, follow };
        command.SetAction(async (line, cancel) =>
        {
            var id = line.GetValue(job)!;
            using var client = line.Connect();
            var output = new LiveOutput(Console.OpenStandardOutput(), Console.OpenStandardError());
            if (line.GetValue(follow) && !line.WantsJson())
                await output.FollowAsync(client, id, cancel);
            var answer = line.GetValue(follow) ? await client.WaitAsync(id, cancel) : await client.GetAsync($"v1/jobs/{id}", cancel);
            var view = Wire.Job(answer);
            if (line.WantsJson())
                Printer.Json(answer.TryGetProperty("steps", out var steps) ? steps : answer);
            else
                await output.CompleteAsync(client, view, cancel);
            if (view.State != JobState.Ended)
                await Console.Error.WriteLineAsync($"corral: the job is {view.State}; its output is complete when it has ended ('corral logs -f {id}' goes on until then).");
            return ExitCodes.Success;
        });
        return command;
    }
}
