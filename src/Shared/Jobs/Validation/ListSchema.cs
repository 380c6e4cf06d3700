using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A list; an entry that could not be read keeps its place as null.</summary>
internal sealed class ListSchema<T>(string description, ValueSchema<T> item, int minItems, int maxItems) : ValueSchema<IReadOnlyList<T?>>(description)
    where T : class
{
    /// <summary>Where the item's schema is published; null publishes it in place.</summary>
    public string? ItemReference { get; init; }

    public override IReadOnlyList<T?>? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.Array, "a list", problems))
            return null;
        var length = element.GetArrayLength();
        if (length < minItems)
            problems.Add(ProblemCodes.TooShort, $"The list has {(length == 0 ? "no entry" : $"{length} entries")}. Give at least {minItems}.");
        else if (length > maxItems)
            problems.Add(ProblemCodes.TooLong, $"The list has {length} entries. Give at most {maxItems}.");

        var values = new T?[Math.Min(length, maxItems)];
        var index = 0;
        foreach (var entry in element.EnumerateArray())
        {
            if (index == values.Length || problems.IsFull)
                break;
            problems.Enter(index);
            values[index++] = item.Read(entry, problems);
            problems.Leave();
        }

        return values;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "array");
        writer.WriteString("description", Description);
        if (minItems > 0)
            writer.WriteNumber("minItems", minItems);
        writer.WriteNumber("maxItems", maxItems);
        writer.WriteStartObject("items");
        if (ItemReference is not null)
            writer.WriteString("$ref", ItemReference);
        else
            item.Publish(writer);
        writer.WriteEndObject();
    }
}
