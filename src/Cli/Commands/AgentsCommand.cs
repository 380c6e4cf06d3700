using System.CommandLine;
using System.Globalization;
using Corral.Cli.Client;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral agents</c></summary>
internal static class AgentsCommand
{
    public static Command Build()
    {
        var command = new Command("agents", "List the agents, what they can reserve and what is reserved");
        command.SetAction(async (line, cancel) =>
        {
            using var client = line.Connect();
            var answer = await client.GetAsync("v1/agents", cancel);
            if (line.WantsJson())
            {
                Printer.Json(answer);
                return ExitCodes.Success;
            }

            Printer.Table(
                ["agent", "pool", "live", "attempts", "cpus", "memory", "cgroups", "kernel"],
                Wire.Agents(answer).Select(agent => (IReadOnlyList<string>)[
                    agent.Id, agent.Pool, agent.Live ? "yes" : "no", agent.Attempts.ToString(CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"{agent.ReservedCpus:0.##} of {agent.Capacity.Cpus:0.##}"),
                    $"{Printer.Bytes(agent.ReservedMemoryBytes)} of {Printer.Bytes(agent.Capacity.MemoryBytes)}", agent.CgroupMode, agent.Kernel]),
                3, 4, 5);
            return ExitCodes.Success;
        });
        return command;
    }
}
