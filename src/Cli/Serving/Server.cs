using Corral.Cli.Client;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Corral.Cli.Serving;

/// <summary>A coordinator and an agent in this process, serving one state folder from start to stop.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly FileStream _lock;
    private readonly WebApplication _app;
    private readonly StateFolder _state;
    private readonly string? _newKey;

    private Server(FileStream lockFile, WebApplication app, StateFolder state, string key, string? newKey)
    {
        (_lock, _app, _state, _newKey) = (lockFile, app, state, newKey);
        var tcp = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault(a => !a.Contains("unix:", StringComparison.Ordinal));
        Endpoint = new Endpoint(tcp ?? $"unix:{state.SocketFile}", key);
    }

    /// <summary>Where it serves: TCP where it listens there, else the unix socket.</summary>
    public Endpoint Endpoint { get; }

    /// <summary>A server whose only client is this command: quiet, on the unix socket alone.</summary>
    public static Task<Server> StartForOneCommandAsync(StateFolder state, CancellationToken cancellationToken) =>
        StartAsync(state, new ServerMode(new Dictionary<string, string?> { [$"{UpOptions.Section}:{nameof(UpOptions.Listen)}"] = UpOptions.Nowhere }, ForPeople: false), cancellationToken);

    /// <summary>Takes the folder's lock and starts; when it returns, jobs are accepted.</summary>
    public static async Task<Server> StartAsync(StateFolder state, ServerMode mode, CancellationToken cancellationToken)
    {
        var lockFile = state.TryLock() ?? throw new UserError(
            $"the state folder '{state.Path}' is served by process {StateFolder.ReadLine(state.ProcessFile) ?? "unknown"} already. Use that server, stop it, or name another folder with --state-folder or CORRAL_STATE.");
        WebApplication? app = null;
        try
        {
            // A socket that a killed server left cannot be bound again.
            File.Delete(state.SocketFile);
            await StartFaults.ExplainAsync(async () =>
            {
                app = Composition.Build(state, mode);
                await app.StartAsync(cancellationToken);
                return app;
            });
            File.SetUnixFileMode(state.SocketFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var (key, isNew) = await OwnKeyAsync(app!.Services.GetRequiredService<IApiKeys>(), state, cancellationToken);
            var server = new Server(lockFile, app, state, key, isNew ? key : null);
            StateFolder.WriteSecret(state.UrlFile, server.Endpoint.Url);
            return server;
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            await lockFile.DisposeAsync();
            throw;
        }
    }

    /// <summary>What <c>corral up</c> prints when it is ready.</summary>
    public string Welcome(bool json)
    {
        var curl = $"""curl -sS {(Endpoint.SocketPath is null ? "" : $"--unix-socket {_state.SocketFile} ")}-H "Authorization: Bearer $(cat {_state.KeyFile})" -H 'Content-Type: application/json' -d '{"{"}"steps":[{"{"}"command":["echo","hello"]{"}"}]{"}"}' {Endpoint.BaseAddress}v1/jobs""";
        if (json)
            return WelcomeJson.Write(Endpoint.Url, _state, curl);
        return $"""
            Corral serves {Endpoint.Url}{(Endpoint.SocketPath is null ? $" and unix:{_state.SocketFile}" : "")}; its state is in {_state.Path}.
            API key: {(_newKey is null ? $"in {_state.KeyFile}" : $"{_newKey} (made now, kept in {_state.KeyFile})")}
            Try it:  {curl}
            """;
    }

    /// <summary>Until somebody asks it to stop.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops in the reverse order of the start, and only then lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        File.Delete(_state.UrlFile);
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _lock.DisposeAsync();
    }

    // The first start makes the key. A folder whose key file was taken away gets another: whoever owns the folder owns the coordinator.
    private static async Task<(string Key, bool IsNew)> OwnKeyAsync(IApiKeys keys, StateFolder state, CancellationToken cancellationToken)
    {
        if (StateFolder.ReadLine(state.KeyFile) is { } kept && await keys.ResolveAsync(kept, cancellationToken) is not null)
            return (kept, false);
        var made = await keys.CreateFirstAsync(cancellationToken) ?? await keys.CreateAsync(null, ApiRole.Operator, "corral up", cancellationToken);
        StateFolder.WriteSecret(state.KeyFile, made);
        return (made, true);
    }
}
