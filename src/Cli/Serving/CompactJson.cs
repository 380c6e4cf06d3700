using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Json;

namespace Corral.Cli.Serving;

/// <summary>One JSON object a line, in the compact log event format: <c>@t</c> time, <c>@l</c> level where not Information, <c>@m</c> the sentence, <c>@x</c> exception, then the properties.</summary>
/// <remarks>https://clef-json.org</remarks>
internal sealed class CompactJson : ITextFormatter
{
    private static readonly JsonValueFormatter Values = new(typeTagName: null);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write("{\"@t\":\"");
        output.Write(logEvent.Timestamp.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Write('"');
        Write("@m", logEvent.RenderMessage(CultureInfo.InvariantCulture), output);
        if (logEvent.Level != LogEventLevel.Information)
            Write("@l", logEvent.Level.ToString(), output);
        if (logEvent.Exception is { } exception)
            Write("@x", exception.ToString(), output);
        foreach (var (name, value) in logEvent.Properties)
        {
            output.Write(',');
            // A name of our own that begins with '@' is doubled, so that it cannot pass for one of the format's.
            JsonValueFormatter.WriteQuotedJsonString(name.StartsWith('@') ? "@" + name : name, output);
            output.Write(':');
            Values.Format(value, output);
        }

        output.Write("}\n");
    }

    private static void Write(string name, string text, TextWriter output)
    {
        output.Write($",\"{name}\":");
        JsonValueFormatter.WriteQuotedJsonString(text, output);
    }
}
