using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>One place in the table of the job document: what a value may be. The same table reads documents and is published as JSON Schema, so the two cannot differ.</summary>
internal abstract class ValueSchema(string description)
{
    public string Description => description;

    /// <summary>Writes the members of this value's JSON Schema (2020-12) into an object that is open.</summary>
    public abstract void Publish(Utf8JsonWriter writer);

    protected static bool Is(JsonElement element, JsonValueKind kind, string wanted, ProblemList problems)
    {
        if (element.ValueKind == kind)
            return true;
        problems.Add(ProblemCodes.WrongType, $"The value is {NameOf(element.ValueKind)}. Give {wanted}, or leave the field out if it has a default.");
        return false;
    }

    protected static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}

/// <summary>A place whose values become a <typeparamref name="T"/>.</summary>
internal abstract class ValueSchema<T>(string description) : ValueSchema(description)
{
    /// <summary>Reads a value and notes all that is wrong with it. Where something is, the answer is only good for finding further problems.</summary>
    public abstract T? Read(JsonElement element, ProblemList problems);
}
