namespace Corral.Coordinator.Api;

/// <summary>A field of the query or a header: one table that reads requests and is published.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Type"><c>string</c>, <c>integer</c> or <c>boolean</c>.</param>
/// <param name="Description">A sentence.</param>
internal sealed record QueryField(string Name, string Type, string Description)
{
    public long Minimum { get; init; }
    public long Maximum { get; init; }
    public string? Default { get; init; }
    public string? Pattern { get; init; }
    public string? Format { get; init; }
    public int MaxLength { get; init; }
    public IReadOnlyList<string> Values { get; init; } = [];

    public static QueryField Integer(string name, string description, long minimum, long maximum, long @default) =>
        new(name, "integer", description) { Minimum = minimum, Maximum = maximum, Default = @default.ToString(System.Globalization.CultureInfo.InvariantCulture) };

    public static QueryField NameOf(string name, string description) => new(name, "string", description) { Pattern = "^[a-z0-9][a-z0-9._-]{0,63}$" };

    public static QueryField Time(string name, string description) => new(name, "string", description) { Format = "date-time" };

    public static QueryField Word<T>(string name, string description)
        where T : struct, Enum => new(name, "string", description) { Values = [.. Enum.GetNames<T>().Where(word => word != "None")] };

    public static QueryField Flag(string name, string description) => new(name, "boolean", description) { Values = ["true", "false"], Default = "false" };

    public static QueryField Text(string name, string description, int maxLength, string? pattern = null) =>
        new(name, "string", description) { MaxLength = maxLength, Pattern = pattern };
}
