using System.Text;
using System.Text.Json;

namespace Corral.Cli.Client;

/// <summary>Copies a job's output to our own stdout and stderr while it runs, each kept byte once: what the live stream missed comes from the ended job.</summary>
/// <param name="stdout">Where the steps' stdout goes.</param>
/// <param name="stderr">Where the steps' stderr goes.</param>
internal sealed class LiveOutput(Stream stdout, Stream stderr)
{
    /// <summary>Bytes already written, by attempt, step and stream. A new attempt starts anew: its output is another program run's.</summary>
    private readonly Dictionary<(int Attempt, int Step, bool IsError), long> _written = [];
    private int _attempt;

    /// <summary>Follows the job until it has ended.</summary>
    public async Task FollowAsync(CorralClient client, string job, CancellationToken cancellationToken)
    {
        await foreach (var (type, data) in client.WatchAsync($"v1/jobs/{job}/output", cancellationToken))
        {
            if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("attempt", out var attempt))
                _attempt = Math.Max(_attempt, attempt.GetInt32());
            if (type is not ("Stdout" or "Stderr"))
                continue;
            var key = (data.GetProperty("attempt").GetInt32(), data.GetProperty("stepIndex").GetInt32(), type == "Stderr");
            await WriteAsync(key, data.GetProperty("offset").GetInt64(), data.GetProperty("data").GetBytesFromBase64(), cancellationToken);
        }
    }

    /// <summary>Writes what the stream did not bring: a watcher may come late, or be slower than the program.</summary>
    public async Task CompleteAsync(CorralClient client, JobAnswer job, CancellationToken cancellationToken)
    {
        foreach (var step in job.Steps)
        {
            await WriteAsync((_attempt, step.Index, false), 0, await ReadAsync(client, job, step.Stdout, cancellationToken), cancellationToken);
            await WriteAsync((_attempt, step.Index, true), 0, await ReadAsync(client, job, step.Stderr, cancellationToken), cancellationToken);
        }
    }

    public static async Task<byte[]> ReadAsync(CorralClient client, JobAnswer job, OutputAnswer? output, CancellationToken cancellationToken)
    {
        if (output?.Blob is not { } digest)
            return output?.Base64 ?? Encoding.UTF8.GetBytes(output?.Text ?? "");
        await using var blob = await client.OpenBlobAsync(job.Tenant, digest, cancellationToken);
        using var bytes = new MemoryStream();
        await blob.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private async Task WriteAsync((int Attempt, int Step, bool IsError) key, long offset, byte[] data, CancellationToken cancellationToken)
    {
        var written = _written.GetValueOrDefault(key);
        // A gap is left for CompleteAsync: bytes after it would come out of order.
        if (offset > written || offset + data.Length <= written)
            return;
        var target = key.IsError ? stderr : stdout;
        await target.WriteAsync(data.AsMemory((int)(written - offset)), cancellationToken);
        await target.FlushAsync(cancellationToken);
        _written[key] = offset + data.Length;
    }
}
