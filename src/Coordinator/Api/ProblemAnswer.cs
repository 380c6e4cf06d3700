using System.Text.Encodings.Web;
using System.Text.Json;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>An answer of <c>application/problem+json</c> (RFC 9457): always with at least one error that has a stable code, the field, and the remedy.</summary>
/// <param name="Status">400–599.</param>
/// <param name="Kind">Names the kind of problem in its <c>type</c>, <c>urn:corral:problem:KIND</c>.</param>
/// <param name="Title">The same for every problem of this kind.</param>
/// <param name="Errors">Every reason.</param>
internal sealed record ProblemAnswer(int Status, string Kind, string Title, IReadOnlyList<Problem> Errors)
{
    public const string MediaType = "application/problem+json";

    // Quotes as they are: the media type is JSON, and browsers are told not to guess another.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>With 429 and 503: when to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ProblemAnswer Invalid(IReadOnlyList<Problem> errors, int status = StatusCodes.Status400BadRequest) =>
        new(status, "invalid_request", "The request is not valid.", errors);

    public static ProblemAnswer Of(int status, string kind, string title, string code, string field, string message) =>
        new(status, kind, title, [new Problem(code, field, message)]);

    public static ProblemAnswer NotFound(string code, string field, string message) =>
        Of(StatusCodes.Status404NotFound, "not_found", "There is no such thing.", code, field, message);

    public static ProblemAnswer Forbidden(string code, string field, string message) =>
        Of(StatusCodes.Status403Forbidden, "forbidden", "The key does not allow this.", code, field, message);

    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = MediaType;
        if (RetryAfter is { } after)
            response.Headers.RetryAfter = ((long)Math.Ceiling(after.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        using (var writer = new Utf8JsonWriter(response.BodyWriter, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, $"urn:corral:problem:{Kind}");
            writer.WriteString("title"u8, Title);
            writer.WriteNumber("status"u8, Status);
            writer.WriteString("detail"u8, Errors.Count == 1 ? Errors[0].Message : $"{Errors.Count} things are wrong; 'errors' names each.");
            writer.WriteStartArray("errors"u8);
            foreach (var error in Errors)
            {
                writer.WriteStartObject();
                writer.WriteString("code"u8, error.Code);
                writer.WriteString("field"u8, error.Field);
                writer.WriteString("message"u8, error.Message);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
