using System.CommandLine;
using System.Globalization;
using Corral.Cli.Client;
using Corral.Cli.Output;

namespace Corral.Cli.Commands;

/// <summary><c>corral usage</c></summary>
internal static class UsageCommand
{
    public static Command Build()
    {
        var tenant = new Option<string?>("--tenant") { Description = "Only of this tenant" };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Jobs that ended at or after this time (ISO 8601)" };
        var to = new Option<DateTimeOffset?>("--to") { Description = "Jobs that ended before this time (ISO 8601)" };
        var command = new Command("usage", "Sum what each tenant used and is charged") { tenant, from, to };
        command.SetAction(async (line, cancel) =>
        {
            using var client = line.Connect();
            var answer = await client.GetAsync(Path(line.GetValue(tenant), line.GetValue(from), line.GetValue(to)), cancel);
            if (line.WantsJson())
            {
                Printer.Json(answer);
                return ExitCodes.Success;
            }

            var usage = Wire.Usage(answer);
            Print(usage.Totals);
            return ExitCodes.Success;
        });
        return command;
    }

    public static string Path(string? tenant, DateTimeOffset? from, DateTimeOffset? to)
    {
        List<string> query = [];
        if (tenant is not null)
            query.Add($"tenant={Uri.EscapeDataString(tenant)}");
        if (from is { } first)
            query.Add($"from={Uri.EscapeDataString(first.ToString("O", CultureInfo.InvariantCulture))}");
        if (to is { } last)
            query.Add($"to={Uri.EscapeDataString(last.ToString("O", CultureInfo.InvariantCulture))}");
        return query.Count == 0 ? "v1/usage" : $"v1/usage?{string.Join('&', query)}";
    }

    public static void Print(IEnumerable<TenantUsageAnswer> tenants) => Printer.Table(
        ["tenant", "jobs", "steps", "billed", "cpu s", "reserved GiB s", "charge"],
        tenants.Select(t => (IReadOnlyList<string>)[
            t.Tenant, $"{t.Jobs}", $"{t.Steps}", $"{t.BillableSteps}", (t.CpuNs / 1e9).ToString("0.000", CultureInfo.InvariantCulture),
            (t.MemoryByteSeconds / (1L << 30)).ToString("0.000", CultureInfo.InvariantCulture), Printer.Money(t.ChargeNano)]),
        1, 2, 3, 4, 5, 6);
}
