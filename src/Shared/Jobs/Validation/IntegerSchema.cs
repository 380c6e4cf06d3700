using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A whole number. <c>1.0</c> and <c>1e3</c> are whole numbers too (JSON Schema 2020-12, section 6.1.1).</summary>
internal sealed class IntegerSchema(string description, long minimum, long maximum) : ValueSchema<long?>(description)
{
    public override long? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.Number, "a whole number", problems))
            return null;
        if (!element.TryGetInt64(out var value))
        {
            if (!element.TryGetDouble(out var number) || !(Math.Abs(number) <= 1L << 53))
            {
                problems.Add(ProblemCodes.OutOfRange, $"The number is outside of what is allowed. {Remedy}");
                return null;
            }

            if (Math.Floor(number) != number)
            {
                problems.Add(ProblemCodes.WrongType, $"The number is not whole. {Remedy}");
                return null;
            }

            value = (long)number;
        }

        if (value >= minimum && value <= maximum)
            return value;
        problems.Add(ProblemCodes.OutOfRange, value < minimum ? $"{value} is below the least allowed value. {Remedy}" : $"{value} is above the greatest allowed value. {Remedy}");
        return null;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "integer");
        writer.WriteString("description", Description);
        if (minimum < int.MinValue || maximum > int.MaxValue)
            writer.WriteString("format", "int64");
        writer.WriteNumber("minimum", minimum);
        writer.WriteNumber("maximum", maximum);
    }

    private string Remedy => $"Give a whole number from {minimum} to {maximum}.";
}
