using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Output;
using Corral.Shared.Jobs;

namespace Corral.Cli.Commands;

/// <summary><c>corral wait JOB...</c></summary>
internal static class WaitCommand
{
    public static Command Build()
    {
        var jobs = JobArgument.Many();
        var command = new Command("wait", "Wait until jobs have ended; exit 0 only if every one Succeeded") { jobs };
        command.SetAction(async (line, cancel) =>
        {
            using var client = line.Connect();
            return await WaitAsync(client, line.GetValue(jobs)!, line.WantsJson(), cancel);
        });
        return command;
    }

    /// <summary>Prints each job as it has ended, in the given order.</summary>
    public static async Task<int> WaitAsync(CorralClient client, IReadOnlyList<string> jobs, bool json, CancellationToken cancellationToken)
    {
        var code = ExitCodes.Success;
        foreach (var job in jobs)
        {
            var answer = await client.WaitAsync(job, cancellationToken);
            var view = Wire.Job(answer);
            if (json)
                Printer.JsonLine(answer);
            else
                Console.WriteLine($"{job} {view.Verdict}");
            if (view.Verdict != Verdict.Succeeded)
                code = ExitCodes.Failure;
        }

        return code;
    }
}
