using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Corral.EndToEnd.Tests.Kill;

/// <summary>A client that submits jobs one batch after another and does not lose heart: a batch without an answer is sent again under the same Idempotency-Key.</summary>
/// <param name="server">The server at this moment.</param>
internal sealed class Submitter(Func<Task<ServingProcess>> server)
{
    /// <summary>The acknowledged jobs and what each must print.</summary>
    public ConcurrentDictionary<string, string> Acknowledged { get; } = new();

    public async Task SubmitAsync(int batches, int jobsInBatch, Random random, CancellationToken cancellationToken)
    {
        for (var batch = 0; batch < batches; batch++)
        {
            var tokens = Enumerable.Range(0, jobsInBatch).Select(job => $"token-{batch}-{job}").ToArray();
            // A few outlast a lease: only the launcher can end them when no agent comes back in time.
            var body = JsonSerializer.Serialize(new { jobs = tokens.Select((token, job) => Job(token, job % 15 == 0 ? random.Next(8000, 9500) : random.Next(200, 2500))) });
            foreach (var (id, token) in (await SubmitAsync(body, $"batch-{batch}", cancellationToken)).Zip(tokens))
                Acknowledged[id] = token;
        }
    }

    private async Task<IReadOnlyList<string>> SubmitAsync(string body, string key, CancellationToken cancellationToken)
    {
        while (true)
        {
            var client = (await server()).Client;
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
                request.Headers.Add("Idempotency-Key", key);
                using var answer = await client.SendAsync(request, cancellationToken);
                var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                Assert.True(answer.StatusCode == HttpStatusCode.Accepted, $"{(int)answer.StatusCode}: {text}");
                using var document = JsonDocument.Parse(text);
                return [.. document.RootElement.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!)];
            }
            catch (Exception killed) when (killed is HttpRequestException or IOException or ObjectDisposedException || (killed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // The server was killed with the request in its hands: the next one is asked the same.
            }
        }
    }

    // Little cpu and some waiting, so that many are in flight at once on two processors.
    private static object Job(string token, int milliseconds) => new
    {
        tenant = "kill",
        maxAttempts = 10,
        steps = new[]
        {
            new
            {
                command = (string[])["sh", "-c", $"sleep {milliseconds / 1000}.{milliseconds % 1000:D3}; echo {token}"],
                limits = new { cpus = 0.1, memoryBytes = 16 << 20, scratchBytes = 1 << 20, wallTimeMs = 60_000 },
            },
        },
    };
}
