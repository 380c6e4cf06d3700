using System.Globalization;
using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A number, whole or not.</summary>
internal sealed class NumberSchema(string description, double minimum, double maximum) : ValueSchema<double?>(description)
{
    public override double? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.Number, "a number", problems))
            return null;
        // 1e999 is read as infinity, which no range holds.
        if (element.TryGetDouble(out var value) && value >= minimum && value <= maximum)
            return value;
        problems.Add(ProblemCodes.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"The number is outside of what is allowed. Give one from {minimum} to {maximum}."));
        return null;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "number");
        writer.WriteString("description", Description);
        writer.WriteNumber("minimum", minimum);
        writer.WriteNumber("maximum", maximum);
    }
}
