using System.Buffers;
using System.IO.Pipelines;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Corral.Coordinator.Api;

/// <summary>The whole JSON body of a request, in the server's own buffer where it lies there in one piece. Valid until disposed of.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly PipeReader reader;
    private readonly SequencePosition end;
    private readonly byte[]? rented;

    private RequestBody(PipeReader reader, ReadOnlySequence<byte> sequence)
    {
        this.reader = reader;
        end = sequence.End;
        if (sequence.IsSingleSegment)
        {
            Bytes = sequence.First;
            return;
        }

        rented = ArrayPool<byte>.Shared.Rent((int)sequence.Length);
        sequence.CopyTo(rented);
        Bytes = rented.AsMemory(0, (int)sequence.Length);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public void Dispose()
    {
        reader.AdvanceTo(end);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    public static ProblemAnswer TooLarge(string message) => ProblemAnswer.Of(
        StatusCodes.Status413PayloadTooLarge, "body_too_large", "The body is too large.", ApiCodes.BodyTooLarge, "", message + " Send less at once, or store long contents with PUT /v1/blobs and give their digests as 'blob'.");

    /// <summary>Reads the body, or says why it is not taken.</summary>
    public static async ValueTask<(RequestBody? Body, ProblemAnswer? Refusal)> ReadJsonAsync(HttpContext context, int most)
    {
        var request = context.Request;
        if (WrongType(request) is { } wrong)
            return (null, wrong);
        if (request.ContentLength > most)
            return (null, TooLarge($"The body has {request.ContentLength} bytes, more than the {most} allowed."));

        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(context.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length > most)
            {
                reader.AdvanceTo(buffer.End);
                return (null, TooLarge($"The body has more than the {most} bytes allowed."));
            }

            if (result.IsCompleted)
                return (new RequestBody(reader, buffer), null);
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static ProblemAnswer? WrongType(HttpRequest request)
    {
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
            return Unsupported("Content-Encoding", $"A body encoded as {ProblemList.Quote(encoding.ToString())} is not read. Send it as it is.");
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals(Operation.Json, StringComparison.OrdinalIgnoreCase))
            return Unsupported("Content-Type", $"A body of type {ProblemList.Quote(request.ContentType ?? "")} is not read here. Send JSON with the header 'Content-Type: application/json'.");
        return type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            ? Unsupported("Content-Type", $"The character set {ProblemList.Quote(type.Charset.ToString())} is not read. Send UTF-8.")
            : null;
    }

    private static ProblemAnswer Unsupported(string header, string message) => ProblemAnswer.Of(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body has a type that is not read here.", ApiCodes.UnsupportedMediaType, header, message);
}
