using System.CommandLine;
using System.Reflection;
using System.Text.Json;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral version</c></summary>
internal static class VersionCommand
{
    public static Command Build()
    {
        var command = new Command("version", "Show the program's version");
        command.SetAction(line =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            if (line.WantsJson())
                Printer.Json(JsonElement.Parse($$"""{"version":{{JsonSerializer.Serialize(version)}},"runtime":{{JsonSerializer.Serialize(Environment.Version.ToString())}}}"""));
            else
                Console.WriteLine($"corral {version} (.NET {Environment.Version})");
            return ExitCodes.Success;
        });
        return command;
    }
}
