using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Corral.Coordinator.Api;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

/// <summary>The API on a real server at a port of the kernel's choice, with everything it logs.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    private WebApplication? app;

    internal RememberedJobs Jobs { get; } = new(TimeProvider.System);

    internal RememberedBlobs Blobs { get; } = new();

    internal RememberedAgents Agents { get; } = new();

    internal RememberedUsage Usage { get; } = new();

    internal RememberedReadiness Readiness { get; } = new();

    public ConcurrentQueue<(LogLevel Level, string Text)> Logged { get; } = new();

    public Uri Address { get; private set; } = null!;

    /// <summary>Requests of the operator; others are made with <see cref="As"/>.</summary>
    public HttpClient Client { get; private set; } = null!;

    internal IServiceProvider Services => app!.Services;

    public HttpClient As(string? key)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(new Remember(Logged)).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<IJobs>(Jobs).AddSingleton<IBlobs>(Blobs).AddSingleton<IApiKeys>(new RememberedKeys()).AddSingleton<IAgents>(Agents)
            .AddSingleton<IUsage>(Usage).AddSingleton<IReadiness>(Readiness)
            .AddSingleton(new ApiOptions { KeepAlive = TimeSpan.FromMilliseconds(50) }).AddCorralApi();
        app = builder.Build();
        app.MapCorralApi();
        await app.StartAsync();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = As(RememberedKeys.Operator);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
    }

    private sealed class Remember(ConcurrentQueue<(LogLevel, string)> logged) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logged.Enqueue((logLevel, $"{formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
