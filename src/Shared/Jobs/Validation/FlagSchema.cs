using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>True or false.</summary>
internal sealed class FlagSchema(string description) : ValueSchema<bool?>(description)
{
    public override bool? Read(JsonElement element, ProblemList problems)
    {
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return element.ValueKind == JsonValueKind.True;
        problems.Add(ProblemCodes.WrongType, $"The value is {NameOf(element.ValueKind)}. Give true or false without quotes.");
        return null;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "boolean");
        writer.WriteString("description", Description);
    }
}
