using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Corral.Agent;
using Corral.Agent.Doctor;
using Corral.Cli.Output;
using Corral.Cli.Serving;
using Microsoft.Extensions.Configuration;

namespace Corral.Cli.Commands;

/// <summary><c>corral doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Build()
    {
        var command = new Command("doctor", "Examine this host: every check with its remedy; exit 1 if a needed one fails");
        command.SetAction(async (line, cancel) =>
        {
            var checks = await HostDoctor.RunAsync(Options(line.StateFolder()), cancel);
            if (line.WantsJson())
                Printer.Json(JsonSerializer.SerializeToElement(checks, DoctorJson.Default.IReadOnlyListDoctorCheck));
            else
                Print(checks);
            return checks.Any(check => check.Blocks) ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    private static void Print(IReadOnlyList<DoctorCheck> checks)
    {
        Printer.Table(
            ["", "check", "found"],
            checks.Select(check => (IReadOnlyList<string>)[check.State switch { CheckState.Ok => "ok", CheckState.Warn => "warn", _ => check.IsNeeded ? "FAIL" : "fail" }, check.Name, check.Detail]));
        foreach (var check in checks.Where(check => check.Remedy is not null))
            Console.WriteLine($"\n{check.Name}: {check.Remedy}");
        var blocking = checks.Count(check => check.Blocks);
        Console.WriteLine(blocking == 0 ? "\nSandboxes can run here." : $"\nSandboxes cannot run here: {blocking} needed checks fail.");
    }

    // The agent that would run here, with the options it would have.
    private static DoctorOptions Options(StateFolder state)
    {
        using var configuration = new ConfigurationManager();
        Composition.Configure(configuration, state, new Dictionary<string, string?>());
        var agent = configuration.GetSection(AgentOptions.Section).Get<AgentOptions>() ?? new AgentOptions();
        return new DoctorOptions { StateDirectory = agent.StateDirectory, FirstUserId = agent.FirstUserId, UserCount = agent.UserIds };
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IReadOnlyList<DoctorCheck>))]
internal sealed partial class DoctorJson : JsonSerializerContext;
