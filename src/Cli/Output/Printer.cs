using System.Globalization;
using System.Text.Json;

namespace Corral.Cli.Output;

/// <summary>How results reach the terminal.</summary>
internal static class Printer
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the answer as the API gave it, indented, and a newline.</summary>
    public static void Json(JsonElement answer)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var writer = new Utf8JsonWriter(stdout, Indented))
            answer.WriteTo(writer);
        stdout.Write("\n"u8);
    }

    /// <summary>One object a line, for programs that read a stream.</summary>
    public static void JsonLine(JsonElement item) => Console.Out.WriteLine(item.GetRawText());

    /// <summary>A table without a frame: it reads the same on a terminal and in a file, however wide.</summary>
    public static void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, params int[] rightAligned)
    {
        IReadOnlyList<string>[] lines = [columns, .. rows];
        var widths = columns.Select((_, i) => lines.Max(line => line[i].Length)).ToArray();
        foreach (var line in lines)
            Console.WriteLine(string.Join("  ", line.Select((cell, i) => rightAligned.Contains(i) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>10⁻⁹ units of money as a decimal number.</summary>
    public static string Money(long nano) => (nano / 1_000_000_000m).ToString("0.000000000", CultureInfo.InvariantCulture);

    public static string Milliseconds(long nanoseconds) => (nanoseconds / 1e6).ToString("0.0", CultureInfo.InvariantCulture);

    public static string Bytes(long? bytes) => bytes switch
    {
        null => "-",
        < 10_240 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 10_485_760 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0} KiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
    };

    public static string Time(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";
}
