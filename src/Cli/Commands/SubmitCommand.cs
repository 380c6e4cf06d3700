using System.CommandLine;
using Corral.Cli.Client;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral submit [FILE]</c></summary>
internal static class SubmitCommand
{
    public static Command Build()
    {
        var file = new Argument<string>("file") { Description = "A JSON job, or several of one tenant as {\"jobs\": [...]} or a bare array; '-' is stdin", DefaultValueFactory = _ => "-" };
        var key = new Option<string?>("--idempotency-key") { Description = "A repeated submission under the same key within 24 hours gets the first one's answer" };
        var wait = new Option<bool>("--wait") { Description = "Wait until every job has ended; exit 0 only if every one Succeeded" };
        var command = new Command("submit", "Submit one job or many; printed ids are durable") { file, key, wait };
        command.SetAction(async (line, cancel) =>
        {
            var body = await ReadAsync(line.GetValue(file)!, cancel);
            using var client = line.Connect();
            var answer = await client.SubmitAsync(body, line.GetValue(key), cancel);
            var ids = Wire.Submitted(answer);
            if (line.GetValue(wait))
                return await WaitCommand.WaitAsync(client, ids, line.WantsJson(), cancel);
            if (line.WantsJson())
                Printer.Json(answer);
            else
                Console.WriteLine(string.Join('\n', ids));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (file != "-")
                return await File.ReadAllBytesAsync(file, cancellationToken);
            using var body = new MemoryStream();
            await using var stdin = Console.OpenStandardInput();
            await stdin.CopyToAsync(body, cancellationToken);
            return body.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the job file '{file}' cannot be read: {e.Message}");
        }
    }
}
