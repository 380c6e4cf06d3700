using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>An object whose names the caller chooses.</summary>
internal sealed class MapSchema(string description, TextSchema key, TextSchema value, int maxEntries) : ValueSchema<IReadOnlyDictionary<string, string>>(description)
{
    public override IReadOnlyDictionary<string, string>? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.Object, "an object of strings", problems))
            return null;
        var count = element.GetPropertyCount();
        if (count > maxEntries)
            problems.Add(ProblemCodes.TooLong, $"The object has {count} entries. Give at most {maxEntries}.");

        var entries = new Dictionary<string, string>(Math.Min(count, maxEntries), StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (entries.Count == maxEntries || problems.IsFull)
                break;
            if (SafeText.NameOf(property) is not { } name)
            {
                problems.Add(ProblemCodes.NotUnicode, "\ufffd", "The key holds half of a surrogate pair. Write characters beyond U+FFFF as UTF-8 or as both halves.");
                continue;
            }

            problems.Enter(name);
            if (key.Accepts(name, problems) && value.Read(property.Value, problems) is { } text && !entries.TryAdd(name, text))
                problems.Add(ProblemCodes.DuplicateField, $"The key {ProblemList.Quote(name)} is given twice. Give it once.");
            problems.Leave();
        }

        return entries;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "object");
        writer.WriteString("description", Description);
        writer.WriteNumber("maxProperties", maxEntries);
        writer.WriteStartObject("propertyNames");
        key.Publish(writer);
        writer.WriteEndObject();
        writer.WriteStartObject("additionalProperties");
        value.Publish(writer);
        writer.WriteEndObject();
    }
}
