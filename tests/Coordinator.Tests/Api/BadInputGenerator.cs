using System.Globalization;
using System.Text.Json;

namespace Corral.Coordinator.Tests.Api;

/// <summary>
/// Walks the published description of the request body. For each property it makes values that its declared type, range, length, pattern, enum and
/// closed set of fields forbid. What the description does not say cannot be violated, so a property that says nothing gets no case and fails the suite.
/// </summary>
internal sealed class BadInputGenerator
{
    private readonly PublishedSchema schema;
    private readonly JsonElement root;
    private readonly List<BadInputCase> cases = [];
    private readonly List<(string Property, JsonElement Schema)> properties = [];

    public BadInputGenerator(JsonElement openApi, string component)
    {
        schema = new PublishedSchema(openApi);
        root = openApi.GetProperty("components").GetProperty("schemas").GetProperty(component);
        Visit(root, [], "", follow: component == "Job");
    }

    public IReadOnlyList<BadInputCase> Cases => cases;

    /// <summary>Every property there is, also entries of lists and values of maps.</summary>
    public IReadOnlyList<(string Property, JsonElement Schema)> Properties => properties;

    /// <summary>The smallest valid document with an example at a property: the control that the cases fail for their own fault.</summary>
    public IEnumerable<(string Property, string Body)> Controls() => controls;

    private readonly List<(string Property, string Body)> controls = [];

    private void Visit(JsonElement here, string?[] path, string field, bool follow)
    {
        here = schema.Resolve(here);
        properties.Add((field, here));
        controls.Add((field, schema.With(root, path, schema.Example(here))));
        if (PublishedSchema.TypeOf(here) is null && here.TryGetProperty("oneOf", out var options))
        {
            WrongTypes([.. options.EnumerateArray().Select(option => PublishedSchema.TypeOf(schema.Resolve(option))!)], path, field);
            foreach (var option in options.EnumerateArray())
                VisitTyped(schema.Resolve(option), path, field, follow);
            return;
        }

        WrongTypes([PublishedSchema.TypeOf(here) ?? ""], path, field);
        VisitTyped(here, path, field, follow);
    }

    private void VisitTyped(JsonElement here, string?[] path, string field, bool follow)
    {
        switch (PublishedSchema.TypeOf(here))
        {
            case "string": Texts(here, path, field); break;
            case "integer" or "number": Numbers(here, path, field); break;
            case "array": List(here, path, field, follow); break;
            case "object" when PublishedSchema.IsMap(here): Map(here, path, field); break;
            case "object": Object(here, path, field, follow); break;
        }
    }

    private void WrongTypes(string[] allowed, string?[] path, string field)
    {
        (string Type, string Value)[] values = [("string", "\"x\""), ("number", "7.5"), ("boolean", "true"), ("object", "{}"), ("array", "[]"), ("null", "null")];
        foreach (var (type, value) in values)
        {
            if (!allowed.Contains(type) && !allowed.Contains("") && !(type == "number" && allowed.Contains("integer")))
                Add(path, field, $"{type} instead of {string.Join(" or ", allowed)}", value);
        }
    }

    private void Texts(JsonElement here, string?[] path, string field)
    {
        if (here.TryGetProperty("enum", out _))
        {
            Add(path, field, "not one of the words", "\"no-such-word\"");
            return;
        }

        foreach (var bad in PublishedSchema.Bad(here))
            Add(path, field, $"text {JsonSerializer.Serialize(bad)}", JsonSerializer.Serialize(bad));
        if (here.TryGetProperty("maxLength", out var most))
            Add(path, field, "one byte too long", $"\"{new string('a', most.GetInt32() + 1)}\"");
    }

    private void Numbers(JsonElement here, string?[] path, string field)
    {
        var (least, most) = (here.GetProperty("minimum").GetDecimal(), here.GetProperty("maximum").GetDecimal());
        var step = PublishedSchema.TypeOf(here) == "integer" ? 1 : 0.001m;
        if (step == 1)
            Add(path, field, "not whole", (least + 0.5m).ToString(CultureInfo.InvariantCulture));
        foreach (var value in new[] { least - step, most + step, least - 1_000_000_000_000_000_000_000m, most + 1_000_000_000_000_000_000_000m })
            Add(path, field, string.Create(CultureInfo.InvariantCulture, $"out of range with {value}"), value.ToString(CultureInfo.InvariantCulture));
        foreach (var absurd in new[] { "1e999", "-1e999", new string('9', 400) })
            Add(path, field, $"absurd with {absurd[..Math.Min(6, absurd.Length)]}", absurd);
    }

    private void List(JsonElement here, string?[] path, string field, bool follow)
    {
        var example = schema.Example(here.GetProperty("items"));
        if (here.TryGetProperty("minItems", out var least) && least.GetInt32() > 0)
            Add(path, field, "too few entries", PublishedSchema.Array(Enumerable.Repeat(example, least.GetInt32() - 1)));
        if (here.TryGetProperty("maxItems", out var most))
            Add(path, field, "too many entries", PublishedSchema.Array(Enumerable.Repeat(example, most.GetInt32() + 1)));
        if (follow)
            Visit(here.GetProperty("items"), [.. path, null], field + "[0]", follow);
    }

    private void Map(JsonElement here, string?[] path, string field)
    {
        var (keys, values) = (here.GetProperty("propertyNames"), here.GetProperty("additionalProperties"));
        var example = schema.Example(values);
        foreach (var bad in PublishedSchema.Bad(keys))
            Add(path, field, $"key {JsonSerializer.Serialize(bad)}", PublishedSchema.Object([(bad, example)]), isPrefix: true);
        if (here.TryGetProperty("maxProperties", out var most))
            Add(path, field, "too many entries", PublishedSchema.Object(Enumerable.Range(0, most.GetInt32() + 1).Select(i => ($"K{i}", example))));
        var key = PublishedSchema.Good(keys);
        Visit(values, [.. path, key], $"{field}.{key}", follow: true);
    }

    private void Object(JsonElement here, string?[] path, string field, bool follow)
    {
        var whole = schema.Example(here);
        var separator = whole == "{}" ? "" : ",";
        if (here.TryGetProperty("additionalProperties", out var open) && open.ValueKind == JsonValueKind.False)
            Add(path, Join(field, "surprise"), "unknown field", $"{whole[..^1]}{separator}\"surprise\":1}}", property: field);
        if (here.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(name => name.GetString()!))
                Add(path, Join(field, name), $"without {name}", PublishedSchema.Object(JsonElement.Parse(whole).EnumerateObject().Where(property => property.Name != name).Select(property => (property.Name, property.Value.GetRawText()))), property: field);
        }

        var members = here.GetProperty("properties");
        if (here.TryGetProperty("oneOf", out var choice))
        {
            var names = choice.EnumerateArray().Select(option => option.GetProperty("required")[0].GetString()!).ToList();
            var rest = JsonElement.Parse(whole).EnumerateObject().Where(property => !names.Contains(property.Name)).Select(property => (property.Name, property.Value.GetRawText())).ToList();
            Add(path, field, $"none of {string.Join(" and ", names)}", PublishedSchema.Object(rest));
            Add(path, field, $"all of {string.Join(" and ", names)}", PublishedSchema.Object([.. rest, .. names.Select(name => (name, schema.Example(members.GetProperty(name))))]));
        }

        foreach (var member in members.EnumerateObject())
            Visit(member.Value, [.. path, member.Name], Join(field, member.Name), follow);
    }

    private void Add(string?[] path, string field, string fault, string value, bool isPrefix = false, string? property = null) =>
        cases.Add(new BadInputCase(property ?? field, fault, schema.With(root, path, value), field, isPrefix));

    private static string Join(string field, string name) => field.Length == 0 ? name : $"{field}.{name}";
}
