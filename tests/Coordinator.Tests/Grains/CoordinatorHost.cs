using Corral.Coordinator.Application;
using Corral.Coordinator.Messaging;
using Corral.Coordinator.Storage.Sqlite;
using Corral.Shared.Jobs;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Grains;

/// <summary>A whole coordinator in this process, on a database and a bus of its own.</summary>
internal sealed class CoordinatorHost : IAsyncDisposable
{
    private readonly string _state;
    private readonly bool _ownsState;
    private readonly List<FakeAgent> _agents = [];

    private CoordinatorHost(IHost host, string state, bool ownsState) => (Host, _state, _ownsState) = (host, state, ownsState);

    public IHost Host { get; }
    public string State => _state;
    public IJobs Jobs => Host.Services.GetRequiredService<IJobs>();
    public SqliteJobStore Store => Host.Services.GetRequiredService<SqliteJobStore>();
    public T Get<T>() where T : notnull => Host.Services.GetRequiredService<T>();

    public static string NewState() => Path.Combine(Path.GetTempPath(), $"corral-test-{Guid.NewGuid():N}");

    public static async Task<CoordinatorHost> StartAsync(Action<CoordinatorOptions>? configure = null, string? state = null, TimeProvider? clock = null)
    {
        var folder = state ?? NewState();
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILoggerProvider, TestLog>();
        if (clock is not null)
            builder.Services.AddSingleton(clock);
        builder.AddCorralCoordinator(options =>
        {
            options.StatePath = folder;
            configure?.Invoke(options);
        });
        builder.Services.AddMassTransit(bus =>
        {
            bus.UsingInMemory((context, transport) => transport.ConfigureCorralCoordinator(context));
        });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new CoordinatorHost(host, folder, state is null);
    }

    public async Task<FakeAgent> AgentAsync(string id = "a1", double cpus = 4, int attempts = 64, bool start = true, string pool = "default")
    {
        var agent = new FakeAgent(Host.Services.GetRequiredService<IBus>(), id);
        _agents.Add(agent);
        await agent.ConnectAsync();
        if (start)
            await agent.StartAsync(cpus, attempts: attempts, pool: pool);
        return agent;
    }

    public static JobSpec Spec(string tenant = "t1", double cpus = 1, int maxAttempts = 3, int priority = 0, string pool = "default", int steps = 1) => new()
    {
        Tenant = tenant,
        Pool = pool,
        Priority = priority,
        MaxAttempts = maxAttempts,
        Steps = [.. Enumerable.Range(1, steps).Select(n => new StepSpec { Name = $"step{n}", Command = ["/bin/true"], Limits = new ResourceLimits { Cpus = cpus } })],
    };

    public async Task<JobId> SubmitAsync(JobSpec spec) => (await SubmitAsync([spec])).Single();

    public async Task<IReadOnlyList<JobId>> SubmitAsync(IReadOnlyList<JobSpec> specs)
    {
        var outcome = await Jobs.SubmitAsync(specs[0].Tenant, specs, null, [], TestContext.Current.CancellationToken);
        return Assert.IsType<SubmitOutcome.Accepted>(outcome).Jobs;
    }

    /// <summary>Waits for the end of the job.</summary>
    public async Task<JobView> EndAsync(JobId id)
    {
        var view = await Jobs.WaitAsync(id, TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotNull(view);
        Assert.True(view.State == JobState.Ended, $"Waited 20 s for job {id} to end; it is {view.State}, attempts: {string.Join("; ", view.Attempts)}.");
        return view;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        Host.Dispose();
        if (_ownsState)
            Directory.Delete(_state, recursive: true);
    }

    /// <summary>Warnings and worse go to the test's output.</summary>
    private sealed class TestLog : ILoggerProvider, ILogger
    {
        private readonly ITestOutputHelper? _output = TestContext.Current.TestOutputHelper;

        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            try
            {
                _output?.WriteLine($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
            }
            catch (InvalidOperationException)
            {
                // The test is over.
            }
        }

        public void Dispose()
        {
        }
    }
}
