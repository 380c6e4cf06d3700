using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Corral.EndToEnd.Tests;

/// <summary>A state folder of its own with a <c>corral up</c> on it, on a port that the system chose.</summary>
public sealed partial class ServedFolder : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Process? _server;
    private Task<string>? _error;

    public string State { get; } = Directory.CreateTempSubdirectory("corral-e2e-").FullName;

    /// <summary>What <c>corral up --json</c> printed when it was ready.</summary>
    public JsonElement Welcome { get; private set; }

    public string Url => Welcome.GetProperty("url").GetString()!;

    public string Key => File.ReadAllText(Path.Combine(State, "api-key")).Trim();

    public async ValueTask InitializeAsync() => await StartAsync();

    public async Task StartAsync(params string[] more)
    {
        _server = CorralProgram.Start(State, ["up", "--json", "--listen", "127.0.0.1:0", .. more]);
        _server.StandardInput.Close();
        _error = _server.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        if (await _server.StandardOutput.ReadLineAsync(patience.Token) is not { } line)
            throw new InvalidOperationException($"'corral up' ended with {_server.ExitCode} before it was ready: {await _error}");
        Welcome = JsonElement.Parse(line);
    }

    /// <summary>Stops as a service manager does, and says how that ended.</summary>
    internal async Task<Finished> StopAsync()
    {
        var server = _server ?? throw new InvalidOperationException("The server was never started.");
        Assert.Equal(0, Signal(server, Sigterm));
        using var patience = new CancellationTokenSource(Patience);
        await server.WaitForExitAsync(patience.Token);
        return new Finished(server.ExitCode, await server.StandardOutput.ReadToEndAsync(patience.Token), await _error!);
    }

    internal Task<Finished> CorralAsync(params string[] arguments) => CorralProgram.RunAsync(State, arguments);

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
            await StopAsync();
        _server?.Dispose();
        Directory.Delete(State, recursive: true);
    }

    internal static int Signal(Process process, int signal) => Kill(process.Id, signal);

    private const int Sigterm = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
