using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A named place in an object.</summary>
internal abstract class Field(string name, bool required)
{
    public string Name => name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public bool Required => required;

    /// <summary>Its place among the fields of its object.</summary>
    public int Index { get; set; }

    public abstract void Publish(Utf8JsonWriter writer);
}

/// <summary>A named place whose values become a <typeparamref name="T"/>; without <paramref name="required"/> it may be absent and is then <paramref name="default"/>.</summary>
internal sealed class Field<T>(string name, ValueSchema<T> schema, bool required = false, T? @default = default) : Field(name, required)
{
    public ValueSchema<T> Schema => schema;

    public T? Read(in FieldSlots slots, ProblemList problems)
    {
        var element = slots[Index];
        if (element.ValueKind == JsonValueKind.Undefined)
            return @default;
        problems.Enter(Name);
        var value = schema.Read(element, problems);
        problems.Leave();
        return value ?? @default;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        schema.Publish(writer);
        if (Required)
            return;
        switch (@default)
        {
            case string text: writer.WriteString("default", text); break;
            case bool flag: writer.WriteBoolean("default", flag); break;
            case int number: writer.WriteNumber("default", number); break;
            case long number: writer.WriteNumber("default", number); break;
            case double number: writer.WriteNumber("default", number); break;
        }
    }
}

/// <summary>The values of one object by <see cref="Field.Index"/>, without an allocation; <see cref="JsonValueKind.Undefined"/> is absent.</summary>
[InlineArray(Length)]
internal struct FieldSlots
{
    public const int Length = 16;

#pragma warning disable IDE0044 // An inline array's element field cannot be readonly.
    private JsonElement first;
#pragma warning restore IDE0044
}
