using System.CommandLine.Parsing;
using System.Globalization;

namespace Corral.Cli.Commands;

/// <summary>Sizes and times as people write them on a command line.</summary>
internal static class Quantity
{
    /// <summary><c>4096</c>, <c>64K</c>, <c>256M</c>, <c>1.5G</c>, with <c>B</c> or <c>iB</c> after it if one likes: always powers of 1,024.</summary>
    public static bool TryParseBytes(string text, out long bytes)
    {
        var number = text.AsSpan().Trim();
        if (number.EndsWith("iB", StringComparison.OrdinalIgnoreCase))
            number = number[..^2];
        else if (number.EndsWith("B", StringComparison.OrdinalIgnoreCase))
            number = number[..^1];
        var shift = number.IsEmpty ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (shift > 0)
            number = number[..^1];
        return TryScale(number, 1L << shift, out bytes);
    }

    /// <summary><c>1500ms</c>, <c>2s</c>, <c>1.5m</c>, <c>1h</c>; a bare number is seconds. Whole milliseconds.</summary>
    public static bool TryParseMilliseconds(string text, out long milliseconds)
    {
        var number = text.AsSpan().Trim();
        var (suffix, factor) = number switch
        {
            _ when number.EndsWith("ms", StringComparison.Ordinal) => (2, 1),
            _ when number.EndsWith("s", StringComparison.Ordinal) => (1, 1_000),
            _ when number.EndsWith("m", StringComparison.Ordinal) => (1, 60_000),
            _ when number.EndsWith("h", StringComparison.Ordinal) => (1, 3_600_000),
            _ => (0, 1_000),
        };
        return TryScale(number[..^suffix], factor, out milliseconds);
    }

    public static long? Bytes(ArgumentResult result) =>
        TryParseBytes(result.Tokens[0].Value, out var bytes) ? bytes : Refuse(result, "a size, for example 4096, 64K, 256M or 1.5G");

    public static long? Milliseconds(ArgumentResult result) =>
        TryParseMilliseconds(result.Tokens[0].Value, out var milliseconds) ? milliseconds : Refuse(result, "a time, for example 250ms, 2s, 1.5m or 1h");

    private static bool TryScale(ReadOnlySpan<char> number, long factor, out long scaled)
    {
        scaled = 0;
        // A number past this is beyond every limit's range, and its product with the factor beyond a decimal's.
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > long.MaxValue)
            return false;
        value *= factor;
        if (value > long.MaxValue || value != decimal.Truncate(value))
            return false;
        scaled = (long)value;
        return true;
    }

    private static long? Refuse(ArgumentResult result, string wanted)
    {
        var option = (result.Parent as OptionResult)?.Option.Name ?? "the argument";
        result.AddError($"'{result.Tokens[0].Value}' in {option} is not {wanted}.");
        return null;
    }
}
