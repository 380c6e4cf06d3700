using System.Diagnostics;
using System.Net.Http.Headers;
using Corral.Bench.Sandboxes;

namespace Corral.Bench.Serving;

/// <summary>A coordinator and agent in one process of their own, as <c>corral up</c> runs them, with a state folder of their own.</summary>
internal sealed class Served : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60), StopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _state;

    private Served(Process process, string state, string url, string key)
    {
        _process = process;
        _state = state;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(url.TrimEnd('/') + "/") };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public HttpClient Http { get; }

    public int Process => _process.Id;

    public long ResidentKb => Census.ResidentKb(_process.Id);

    /// <summary>Starts the program on a state folder (CORRAL_STATE) and returns once it is ready.</summary>
    public static async Task<Served> StartAsync(string[] command, string state, CancellationToken cancellationToken)
    {
        var log = state + ".log";
        // Through sh, so that its output goes to a file and not through pipes that this process would have to read while it measures.
        var process = System.Diagnostics.Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" > \"$log\" 2>&1 < /dev/null", "sh", log, .. command])
        {
            Environment = { ["CORRAL_STATE"] = state },
        })!;
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
                throw new InvalidOperationException($"'{string.Join(' ', command)}' does not serve after {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s:\n{await File.ReadAllTextAsync(log, cancellationToken)}");
            if (FirstLine(state, "url") is { } url && FirstLine(state, "api-key") is { } key)
            {
                var served = new Served(process, state, url, key);
                if (await served.IsReadyAsync(cancellationToken))
                    return served;
                served.Http.Dispose();
            }
            await Task.Delay(20, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using (var terminate = System.Diagnostics.Process.Start("/bin/kill", ["-TERM", $"{_process.Id}"]))
            await terminate.WaitForExitAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }

    private static string? FirstLine(string state, string name)
    {
        var file = Path.Combine(state, name);
        return File.Exists(file) && File.ReadLines(file).FirstOrDefault() is { Length: > 0 } line ? line.Trim() : null;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync("readyz", cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
