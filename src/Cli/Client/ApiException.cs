using System.Net;
using System.Text;
using System.Text.Json;

namespace Corral.Cli.Client;

/// <summary>The coordinator refused a request, could not do it, or could not be reached.</summary>
/// <param name="message">Whole sentences; one line a reason.</param>
/// <param name="status">The HTTP status; null where there was no answer.</param>
/// <param name="inner">The transport's error.</param>
internal sealed class ApiException(string message, HttpStatusCode? status = null, Exception? inner = null) : Exception(message, inner)
{
    public HttpStatusCode? Status { get; } = status;

    public bool IsCallersFault => Status is >= (HttpStatusCode)400 and < (HttpStatusCode)500;

    /// <summary>Reads <c>application/problem+json</c>: the title, the detail, and every field at fault with its remedy.</summary>
    public static ApiException Parse(HttpStatusCode status, string body)
    {
        var text = new StringBuilder();
        try
        {
            using var document = JsonDocument.Parse(body);
            var problem = document.RootElement;
            text.Append(Text(problem, "title") ?? $"the coordinator answered {(int)status}.");
            if (problem.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            {
                foreach (var error in errors.EnumerateArray())
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n  {(Text(error, "field") is { Length: > 0 } field ? field + ": " : "")}{Text(error, "message")} [{Text(error, "code")}]");
            }
        }
        catch (JsonException)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"the coordinator answered {(int)status} {status}: {body.Trim()}");
        }

        if (status == HttpStatusCode.Unauthorized)
            text.Append("\n  Give the right key with --key or CORRAL_KEY; 'corral up' writes it to 'api-key' in the state folder.");
        return new ApiException(text.ToString(), status);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
