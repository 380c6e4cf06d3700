using System.Diagnostics;
using System.Net.Http.Headers;

namespace Corral.EndToEnd.Tests.Kill;

/// <summary>A <c>corral up</c> of the built program that a test may kill. Its state folder is the caller's and outlives it.</summary>
internal sealed class ServingProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServingProcess(Process process, HttpClient client, Task<string> errors)
    {
        _process = process;
        _errors = errors;
        Client = client;
    }

    /// <summary>Speaks to it, with the key made on first start.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts it and waits until it has printed its welcome.</summary>
    public static async Task<ServingProcess> StartAsync(string stateFolder, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CORRAL_STATE"] = stateFolder;
        foreach (var argument in (string[])[BuiltTree.Output("src/Cli", "corral.dll"), "up", "--json", "--listen", "127.0.0.1:0", .. settings.SelectMany(setting => (string[])["--set", setting])])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (await process.StandardOutput.ReadLineAsync(cancellationToken) is not { } welcome)
            throw new InvalidOperationException($"corral up ended before its welcome: {await errors}");
        using var said = System.Text.Json.JsonDocument.Parse(welcome);
        var client = new HttpClient { BaseAddress = new Uri(said.RootElement.GetProperty("url").GetString()!), Timeout = TimeSpan.FromSeconds(100) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Path.Combine(stateFolder, "api-key")).Trim());
        return new ServingProcess(process, client, errors);
    }

    /// <summary>kill -9 of this process alone; when it returns the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks it to stop and waits until it has; returns its exit code.</summary>
    public async Task<(int ExitCode, string Errors)> StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(cancellationToken);
        return (_process.ExitCode, await _errors);
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
