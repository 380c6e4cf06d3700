using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Corral.Cli.Client;

/// <summary>Speaks the HTTP API of <c>/v1</c>. What it returns is the answer's JSON; <see cref="Wire"/> reads what people are shown.</summary>
internal sealed class CorralClient : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    /// <summary>How long one long-poll asks the coordinator to hold its answer back.</summary>
    private const int WaitMilliseconds = 30_000;

    private readonly HttpClient _http;
    private readonly Endpoint _endpoint;

    public CorralClient(Endpoint endpoint)
    {
        _endpoint = endpoint;
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = false, AllowAutoRedirect = false };
        if (endpoint.SocketPath is { } path)
            handler.ConnectCallback = (_, cancel) => ConnectAsync(path, cancel);
        _http = new HttpClient(handler) { BaseAddress = endpoint.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        if (endpoint.Key is { } key)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public void Dispose() => _http.Dispose();

    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>Whether a coordinator answers there at all.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync("healthz", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Submits one job (an object), or several of one tenant: an object with the list <c>jobs</c>, for which a bare array stands too.</summary>
    public Task<JsonElement> SubmitAsync(ReadOnlyMemory<byte> json, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var isArray = json.Span.TrimStart(" \t\r\n"u8).StartsWith("["u8);
        byte[] body = isArray ? [.. "{\"jobs\":"u8, .. json.Span, .. "}"u8] : json.ToArray();
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/jobs") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (idempotencyKey is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        return SendAsync(request, cancellationToken);
    }

    public Task<JsonElement> CancelAsync(string job, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, $"v1/jobs/{Uri.EscapeDataString(job)}/cancel"), cancellationToken);

    /// <summary>Waits until the job has ended, however long that takes, and returns it.</summary>
    public async Task<JsonElement> WaitAsync(string job, CancellationToken cancellationToken)
    {
        while (true)
        {
            var view = await GetAsync($"v1/jobs/{Uri.EscapeDataString(job)}/wait?timeoutMs={WaitMilliseconds}", cancellationToken);
            if (view.GetProperty("state").GetString() == "Ended")
                return view;
        }
    }

    public async Task<string> StoreBlobAsync(string tenant, Stream content, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"v1/blobs?tenant={Uri.EscapeDataString(tenant)}") { Content = new StreamContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return (await SendAsync(request, cancellationToken)).GetProperty("digest").GetString()!;
    }

    public async Task<Stream> OpenBlobAsync(string tenant, string digest, CancellationToken cancellationToken)
    {
        var response = await AskAsync(new HttpRequestMessage(HttpMethod.Get, $"v1/blobs/{digest}?tenant={Uri.EscapeDataString(tenant)}"), cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>The events of a path until the server ends the stream: each event's type and data.</summary>
    public async IAsyncEnumerable<(string Type, JsonElement Data)> WatchAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await AskAsync(request, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var events = SseParser.Create(stream, (_, data) => data.IsEmpty ? default : JsonElement.Parse(data));
        await foreach (var item in events.EnumerateAsync(cancellationToken))
            yield return (item.EventType, item.Data);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await AskAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return bytes.Length == 0 ? default : JsonElement.Parse(bytes);
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException($"the coordinator at {_endpoint.Url} cannot be reached: {e.GetBaseException().Message}. Start one with 'corral up', or name another with --url.", inner: e);
        }

        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw ApiException.Parse(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
