using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>An object with a closed set of fields.</summary>
internal abstract class ObjectSchema<T>(string description) : ValueSchema<T>(description)
{
    private readonly List<Field> fields = [];

    /// <summary>Names of fields of which exactly one must be given; empty where there is no such pair.</summary>
    protected virtual IReadOnlyList<Field> ExactlyOneOf => [];

    protected Field<TValue> Add<TValue>(Field<TValue> field)
    {
        if (fields.Count == FieldSlots.Length)
            throw new ArgumentException($"An object has at most {FieldSlots.Length} fields; '{field.Name}' is one more.", nameof(field));
        field.Index = fields.Count;
        fields.Add(field);
        return field;
    }

    public sealed override T? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.Object, "an object", problems))
            return default;
        var slots = default(FieldSlots);
        foreach (var property in element.EnumerateObject())
        {
            if (problems.IsFull)
                break;
            if (Find(property) is not { } field)
                problems.Add(ProblemCodes.UnknownField, SafeText.NameOf(property) ?? "\ufffd", $"There is no such field here. Remove it, or use one of {string.Join(", ", fields.Select(known => known.Name))}.");
            else if (slots[field.Index].ValueKind != JsonValueKind.Undefined)
                problems.Add(ProblemCodes.DuplicateField, field.Name, $"The field '{field.Name}' is given twice. Give it once.");
            else
                slots[field.Index] = property.Value;
        }

        foreach (var field in fields)
        {
            if (field.Required && slots[field.Index].ValueKind == JsonValueKind.Undefined)
                problems.Add(ProblemCodes.MissingField, field.Name, $"The field '{field.Name}' is missing. Add it.");
        }

        CheckExactlyOne(in slots, problems);
        return Read(in slots, problems);
    }

    protected abstract T? Read(in FieldSlots slots, ProblemList problems);

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "object");
        writer.WriteString("description", Description);
        writer.WriteBoolean("additionalProperties", false);
        writer.WriteStartObject("properties");
        foreach (var field in fields)
        {
            writer.WriteStartObject(field.Name);
            field.Publish(writer);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        if (fields.Exists(field => field.Required))
        {
            writer.WriteStartArray("required");
            foreach (var field in fields.Where(field => field.Required))
                writer.WriteStringValue(field.Name);
            writer.WriteEndArray();
        }

        if (ExactlyOneOf.Count > 0)
        {
            writer.WriteStartArray("oneOf");
            foreach (var field in ExactlyOneOf)
            {
                writer.WriteStartObject();
                writer.WriteStartArray("required");
                writer.WriteStringValue(field.Name);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Whether a document has a field of this name.</summary>
    public bool Has(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var property in element.EnumerateObject())
        {
            if (Find(property)?.Name == name)
                return true;
        }

        return false;
    }

    private Field? Find(JsonProperty property)
    {
        try
        {
            foreach (var field in fields)
            {
                if (property.NameEquals(field.Utf8Name))
                    return field;
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair: no field has such a name.
        }

        return null;
    }

    private void CheckExactlyOne(in FieldSlots slots, ProblemList problems)
    {
        if (ExactlyOneOf.Count == 0)
            return;
        var given = 0;
        foreach (var field in ExactlyOneOf)
            given += slots[field.Index].ValueKind == JsonValueKind.Undefined ? 0 : 1;
        if (given != 1)
            problems.Add(ProblemCodes.ExactlyOne, $"{(given == 0 ? "None" : "More than one")} of {string.Join(" and ", ExactlyOneOf.Select(field => $"'{field.Name}'"))} is given. Give exactly one of them.");
    }
}
