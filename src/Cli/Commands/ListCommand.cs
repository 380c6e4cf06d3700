using System.CommandLine;
using System.Text;
using Corral.Cli.Client;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral ls</c></summary>
internal static class ListCommand
{
    public static Command Build()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Only of this tenant" };
        var state = new Option<string?>("--state") { Description = "Only in this state" };
        state.AcceptOnlyFromAmong("Queued", "Placed", "Running", "Ended");
        var verdict = new Option<string?>("--verdict") { Description = "Only ended with this verdict, for example Succeeded" };
        var label = new Option<string?>("--label") { Description = "Only with this label", HelpName = "key=value" };
        var limit = new Option<int>("--limit", "-n") { Description = "At most this many, 1-1000", DefaultValueFactory = _ => 50 };
        var cursor = new Option<string?>("--cursor") { Description = "Go on where the page before ended (its 'next')" };
        var command = new Command("ls", "List jobs, newest first") { tenant, state, verdict, label, limit, cursor };
        command.SetAction(async (line, cancel) =>
        {
            var path = new StringBuilder("v1/jobs?limit=").Append(line.GetValue(limit));
            Add("tenant", line.GetValue(tenant));
            Add("state", line.GetValue(state));
            Add("verdict", line.GetValue(verdict));
            Add("label", line.GetValue(label));
            Add("cursor", line.GetValue(cursor));
            using var client = line.Connect();
            var answer = await client.GetAsync(path.ToString(), cancel);
            if (line.WantsJson())
            {
                Printer.Json(answer);
                return ExitCodes.Success;
            }

            var page = Wire.List(answer);
            Printer.Table(
                ["job", "tenant", "state", "verdict", "steps", "submitted", "charge"],
                page.Jobs.Select(job => (IReadOnlyList<string>)[
                    job.Id, job.Tenant, job.State.ToString(), job.Verdict?.ToString() ?? "-", $"{job.StepCount}", Printer.Time(job.SubmittedAt),
                    job.ChargeNano is { } charge ? Printer.Money(charge) : "-"]),
                4, 6);
            if (page.Next is { } next)
                await Console.Error.WriteLineAsync($"More: corral ls --cursor {next}");
            return ExitCodes.Success;

            void Add(string name, string? value)
            {
                if (value is not null)
                    path.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        });
        return command;
    }
}
