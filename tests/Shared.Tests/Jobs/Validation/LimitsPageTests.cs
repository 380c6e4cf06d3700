using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class LimitsPageTests
{
    [Fact]
    public void The_page_on_limits_says_what_the_code_holds()
    {
        var rows = File.ReadLines(Page()).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).Where(cells => cells.Length == 6).ToList();
        var published = Limits(JobRules.Default);

        Assert.Equal(published.EnumerateObject().Select(limit => limit.Name), rows.Select(cells => cells[0].Trim('`')));
        foreach (var cells in rows)
        {
            var name = cells[0].Trim('`');
            var limit = published.GetProperty(name);
            var greatest = name == "cpus" ? LimitRanges.GreatestCpus : LimitRanges.Of(name).Greatest;
            Assert.Equal(
                (limit.GetProperty("default").GetDouble(), limit.GetProperty("minimum").GetDouble(), greatest, limit.GetProperty("maximum").GetDouble()),
                (Number(cells[2]), Number(cells[3]), Number(cells[4]), Number(cells[5])));
        }
    }

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    private static JsonElement Limits(JobRules rules)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            new JobDocument(rules).PublishSchema(writer);
        return JsonElement.Parse(buffer.ToArray()).GetProperty("properties").GetProperty("steps").GetProperty("items").GetProperty("properties").GetProperty("limits").GetProperty("properties");
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../../docs/limits.md");
}
