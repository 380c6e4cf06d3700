using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>Sends a job's events as server-sent events: a comment when it has been silent, and the end when the sequence ends.</summary>
internal static class EventStream
{
    public static async Task SendAsync(HttpContext context, IAsyncEnumerable<JobEvent> events, TimeSpan keepAlive, TimeProvider time)
    {
        context.Response.ContentType = Operation.Events;
        // Without it nginx and others hold back what they think is a page.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);

        await using var source = events.GetAsyncEnumerator(context.RequestAborted);
        var next = source.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                while (!next.IsCompleted)
                {
                    using var silence = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
                    if (await Task.WhenAny(next, Task.Delay(keepAlive, time, silence.Token)) != next)
                        await WriteAsync(context, ": still here\n\n"u8.ToArray());
                    await silence.CancelAsync();
                    context.RequestAborted.ThrowIfCancellationRequested();
                }

                if (!await next)
                    return;
                await WriteAsync(context, source.Current);
                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator may not be disposed of while it moves; the aborted request ends the move.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static ValueTask<System.IO.Pipelines.FlushResult> WriteAsync(HttpContext context, JobEvent e)
    {
        var body = context.Response.BodyWriter;
        Encoding.ASCII.GetBytes(e.Id is { } id ? string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {e.Kind}\ndata: ") : $"event: {e.Kind}\ndata: ", body);
        using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            JsonSerializer.Serialize(writer, JobEventAnswer.Of(e), ApiJson.Wire.JobEventAnswer);
        body.Write("\n\n"u8);
        return body.FlushAsync(context.RequestAborted);
    }

    private static ValueTask<System.IO.Pipelines.FlushResult> WriteAsync(HttpContext context, byte[] text) => context.Response.BodyWriter.WriteAsync(text, context.RequestAborted);
}
