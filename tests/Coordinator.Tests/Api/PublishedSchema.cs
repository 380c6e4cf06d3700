using System.Text.Json;
using System.Text.RegularExpressions;

namespace Corral.Coordinator.Tests.Api;

/// <summary>Makes valid documents from a published JSON Schema alone: it knows nothing of the code that reads them.</summary>
internal sealed class PublishedSchema(JsonElement openApi)
{
    // Texts of many forms; for each pattern one of them is right and others are wrong.
    private static readonly string[] Samples =
        ["a", "sha256:" + new string('0', 64), "A", "", "\0", "a\0b", "..", "../a", "/a", "a/../b", "a//b", "a=b", "a b", "\n", "é", "sha256:0", " a", "-a", "a/"];

    public JsonElement Resolve(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            var target = openApi;
            foreach (var part in reference.GetString()!.Split('/').Skip(1))
                target = target.GetProperty(part);
            schema = target;
        }

        return schema;
    }

    public static string? TypeOf(JsonElement schema) => schema.TryGetProperty("type", out var type) ? type.GetString() : null;

    public static bool IsMap(JsonElement schema) => schema.TryGetProperty("additionalProperties", out var values) && values.ValueKind == JsonValueKind.Object;

    public static bool Matches(JsonElement schema, string text) =>
        (!schema.TryGetProperty("pattern", out var pattern) || Regex.IsMatch(text, pattern.GetString()!, RegexOptions.ECMAScript))
        && (!schema.TryGetProperty("minLength", out var least) || text.Length >= least.GetInt32())
        && (!schema.TryGetProperty("maxLength", out var most) || text.Length <= most.GetInt32());

    public static string Good(JsonElement schema) => Samples.First(sample => Matches(schema, sample));

    public static IEnumerable<string> Bad(JsonElement schema) => Samples.Where(sample => !Matches(schema, sample));

    /// <summary>The smallest valid value.</summary>
    public string Example(JsonElement schema)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("enum", out var words))
            return words[0].GetRawText();
        switch (TypeOf(schema))
        {
            case "string": return JsonSerializer.Serialize(Good(schema));
            case "boolean": return "false";
            case "integer" or "number": return schema.GetProperty("minimum").GetRawText();
            case "array": return Array(Enumerable.Repeat(Example(schema.GetProperty("items")), schema.TryGetProperty("minItems", out var least) ? least.GetInt32() : 0));
            case "object": return IsMap(schema) ? "{}" : Object(Required(schema, null).Select(name => (name, Example(schema.GetProperty("properties").GetProperty(name)))));
            default: return Example(schema.GetProperty("oneOf")[0]);
        }
    }

    /// <summary>The smallest valid value that has <paramref name="value"/> at the path: names of properties, or null for the first entry of a list.</summary>
    public string With(JsonElement schema, ReadOnlySpan<string?> path, string value)
    {
        if (path.IsEmpty)
            return value;
        schema = Resolve(schema);
        if (path[0] is not { } name)
            return Array([With(schema.GetProperty("items"), path[1..], value)]);
        if (!schema.TryGetProperty("properties", out var properties))
        {
            if (IsMap(schema))
                return Object([(name, With(schema.GetProperty("additionalProperties"), path[1..], value))]);
            return With(Alternative(schema, name), path, value);
        }

        var inner = With(properties.GetProperty(name), path[1..], value);
        return Object([.. Required(schema, name).Where(other => other != name).Select(other => (other, Example(properties.GetProperty(other)))), (name, inner)]);
    }

    public static string Object(IEnumerable<(string Name, string Value)> properties) => $"{{{string.Join(',', properties.Select(property => $"{JsonSerializer.Serialize(property.Name)}:{property.Value}"))}}}";

    public static string Array(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    // What must be given: the required properties and one of those of which exactly one must be; the wanted one where it is among them.
    private static List<string> Required(JsonElement schema, string? wanted)
    {
        var names = schema.TryGetProperty("required", out var required) ? required.EnumerateArray().Select(name => name.GetString()!).ToList() : [];
        if (schema.TryGetProperty("oneOf", out var choice))
        {
            var options = choice.EnumerateArray().Select(option => option.GetProperty("required")[0].GetString()!).ToList();
            names.Add(wanted is not null && options.Contains(wanted) ? wanted : options[0]);
        }

        return names;
    }

    private JsonElement Alternative(JsonElement schema, string property) =>
        schema.GetProperty("oneOf").EnumerateArray().Select(Resolve).First(option => option.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property, out _));
}
