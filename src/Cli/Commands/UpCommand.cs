using System.CommandLine;
using Corral.Cli.Serving;

namespace Corral.Cli.Commands;

/// <summary><c>corral up</c></summary>
internal static class UpCommand
{
    public static Command Build()
    {
        var listen = new Option<string?>("--listen") { Description = "Where the HTTP API listens (default 127.0.0.1:7070; port 0: any free one; none: only the unix socket)", HelpName = "address:port" };
        var set = new Option<string[]>("--set") { Description = "Set any option, for example --set Agent:Id=a1; over CORRAL__AGENT__ID, over corral.json in the state folder; may be given many times", HelpName = "Section:Name=value" };
        var command = new Command("up", "Serve: coordinator and agent in one process, until SIGINT or SIGTERM") { listen, set };
        command.SetAction(async (line, cancel) =>
        {
            var flags = new Dictionary<string, string?>();
            foreach (var option in line.GetValue(set) ?? [])
            {
                var (key, value) = RunRequest.Pair(option, "--set", "Section:Name=value");
                flags[key] = value;
            }

            if (line.GetValue(listen) is { } address)
                flags[$"{UpOptions.Section}:{nameof(UpOptions.Listen)}"] = address;
            await using var server = await Server.StartAsync(line.StateFolder(), new ServerMode(flags, ForPeople: true), cancel);
            Console.WriteLine(server.Welcome(line.WantsJson()));
            await server.WaitAsync(cancel);
            return cancel.IsCancellationRequested ? ExitCodes.Success : throw new UserError("the server stopped by itself; its log, above and in the state folder, says why.", ExitCodes.Failure);
        });
        return command;
    }
}
