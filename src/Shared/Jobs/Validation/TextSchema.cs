using System.Text;
using System.Text.Json;

namespace Corral.Shared.Jobs.Validation;

/// <summary>A string. Lengths are counted in bytes of UTF-8, as the kernel counts them.</summary>
internal sealed class TextSchema(string description, int minBytes = 0, int maxBytes = int.MaxValue, TextForm? form = null) : ValueSchema<string>(description)
{
    /// <summary>Where only these values are allowed.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The code for another value.</summary>
    public string UnknownCode { get; init; } = ProblemCodes.UnknownValue;

    public override string? Read(JsonElement element, ProblemList problems)
    {
        if (!Is(element, JsonValueKind.String, "a string", problems))
            return null;
        if (SafeText.Of(element) is not { } text)
        {
            problems.Add(ProblemCodes.NotUnicode, "The string holds half of a surrogate pair. Write characters beyond U+FFFF as UTF-8 or as both halves.");
            return null;
        }

        return Accepts(text, problems) ? text : null;
    }

    public bool Accepts(string text, ProblemList problems)
    {
        if (Values.Count > 0)
        {
            if (Values.Contains(text, StringComparer.Ordinal))
                return true;
            problems.Add(UnknownCode, $"{ProblemList.Quote(text)} is not known here. Use {string.Join(" or ", Values.Select(value => $"'{value}'"))}.");
            return false;
        }

        // A text of n characters has n to 3n bytes, so most need no count.
        var bytes = text.Length > maxBytes || text.Length * 3L <= maxBytes ? text.Length : Encoding.UTF8.GetByteCount(text);
        if (bytes > maxBytes)
            problems.Add(ProblemCodes.TooLong, $"The text has more than {maxBytes} bytes. Shorten it{(maxBytes >= 1 << 20 ? ", or store it with PUT /v1/blobs and give its digest as 'blob'" : "")}.");
        else if (bytes < minBytes)
            problems.Add(ProblemCodes.TooShort, $"The text has {bytes} bytes. Give at least {minBytes}.");
        else if (form?.Fault(text) is { } fault)
            problems.Add(fault.Code, fault.Message);
        else
            return true;
        return false;
    }

    public override void Publish(Utf8JsonWriter writer)
    {
        writer.WriteString("type", "string");
        writer.WriteString("description", Description);
        if (Values.Count > 0)
        {
            writer.WriteStartArray("enum");
            foreach (var value in Values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
            return;
        }

        if (minBytes > 0)
            writer.WriteNumber("minLength", minBytes);
        if (maxBytes < int.MaxValue)
            writer.WriteNumber("maxLength", maxBytes);
        if (form is not null)
            writer.WriteString("pattern", form.Pattern);
    }
}
