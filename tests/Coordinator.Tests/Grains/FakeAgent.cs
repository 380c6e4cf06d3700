using System.Collections.Concurrent;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using MassTransit;

namespace Corral.Coordinator.Tests.Grains;

/// <summary>An agent at the other end of the bus, without a kernel: it does what the test says.</summary>
internal sealed class FakeAgent(IBus bus, string id) :
    IConsumer<StartAttempts>, IConsumer<CancelAttempts>, IConsumer<WatchAttempts>, IConsumer<AcknowledgeReports>, IConsumer<AgentWelcomed>, IConsumer<LeaseRenewed>, IConsumer<LeaseRefused>
{
    private readonly ConcurrentDictionary<Type, Inbox> _inboxes = new();
    private long _sequence;
    private long _renewal;
    private HostReceiveEndpointHandle? _endpoint;

    public string Id => id;
    public Guid Instance { get; private set; }
    public long Epoch { get; private set; }
    public List<AttemptId> Held { get; } = [];

    /// <summary>What to do with each order, at once; null keeps it.</summary>
    public Func<AttemptOrder, AttemptReport?>? OnOrder { get; set; }

    public async Task ConnectAsync()
    {
        _endpoint = bus.ConnectReceiveEndpoint(Queues.Agent(id), endpoint => endpoint.Instance(this));
        await _endpoint.Ready;
    }

    public Task DisconnectAsync() => _endpoint!.StopAsync();

    /// <summary>Registers and waits for the welcome.</summary>
    public Task<AgentWelcomed> StartAsync(double cpus = 4, long memory = 8L << 30, int attempts = 64, string pool = "default")
    {
        Instance = Guid.NewGuid();
        return AskAgainAsync(cpus, memory, attempts, pool);
    }

    /// <summary>Registers as the same process and waits for the welcome.</summary>
    public async Task<AgentWelcomed> AskAgainAsync(double cpus = 4, long memory = 8L << 30, int attempts = 64, string pool = "default")
    {
        await SendAsync(new AgentStarted(id, Instance, pool, new AgentCapacity(cpus, memory, attempts), new Dictionary<string, string>(), "6.1", "v2", [.. Held], "test"));
        var welcomed = await NextAsync<AgentWelcomed>(message => message.Instance == Instance);
        Epoch = welcomed.Epoch;
        return welcomed;
    }

    public Task RenewAsync() => SendAsync(new RenewLease(id, Epoch, ++_renewal, [.. Held]));

    public Task ReportAsync(params AttemptReport[] reports) => SendAsync(new AttemptReports(id, Epoch, reports));

    public Task ProgressAsync(params AttemptProgress[] items) => SendAsync(new AttemptsProgressed(id, Epoch, items));

    public async Task SendAsync<T>(T message)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(new Uri($"queue:{Queues.Reports}"));
        await endpoint.Send(message);
    }

    /// <summary>The next message of the kind that the predicate accepts; earlier ones are dropped.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? predicate = null)
    {
        var inbox = _inboxes.GetOrAdd(typeof(T), _ => new Inbox());
        while (true)
        {
            var message = (T)await inbox.TakeAsync($"{typeof(T).Name} for agent {id}");
            if (predicate is null || predicate(message))
                return message;
        }
    }

    /// <summary>Waits for the order of one attempt.</summary>
    public async Task<AttemptOrder> NextOrderAsync() => (await NextAsync<StartAttempts>()).Orders.Single();

    public bool Has<T>() => _inboxes.TryGetValue(typeof(T), out var inbox) && inbox.Any;

    public AttemptReport Report(AttemptOrder order, Verdict verdict = Verdict.Succeeded, long cpuNs = 5_000_000, long wallNs = 10_000_000)
    {
        var sequence = Interlocked.Increment(ref _sequence);
        var started = DateTimeOffset.UtcNow;
        var steps = order.Spec.Steps.Select((step, index) => new StepResult
        {
            Index = index,
            Name = step.Name,
            State = StepState.Ended,
            Verdict = verdict,
            Facts = new StepFacts { ExitCode = verdict == Verdict.Succeeded ? 0 : null },
            Usage = new UsageRecord
            {
                Attempt = order.Attempt,
                StepIndex = index,
                Agent = id,
                AgentEpoch = Epoch,
                Sequence = sequence,
                Tenant = order.Spec.Tenant,
                Verdict = verdict,
                StartedAt = started,
                WallNs = wallNs,
                CpuNs = cpuNs,
                ReservedCpus = step.Limits.Cpus,
                ReservedMemoryBytes = step.Limits.MemoryBytes,
            },
            Stdout = new CapturedOutput([.. System.Text.Encoding.UTF8.GetBytes($"out of {step.Name}\n")], null),
        }).ToList();
        return new AttemptReport(sequence, order.Attempt, verdict, started, started, steps);
    }

    public Task Consume(ConsumeContext<StartAttempts> context)
    {
        if (OnOrder is not { } react)
            return Keep(context.Message);
        var reports = context.Message.Orders.Select(react).Where(report => report is not null).Select(report => report!).ToArray();
        return reports.Length == 0 ? Task.CompletedTask : ReportAsync(reports);
    }

    public Task Consume(ConsumeContext<CancelAttempts> context) => Keep(context.Message);
    public Task Consume(ConsumeContext<WatchAttempts> context) => Keep(context.Message);
    public Task Consume(ConsumeContext<AcknowledgeReports> context) => Keep(context.Message);
    public Task Consume(ConsumeContext<AgentWelcomed> context) => Keep(context.Message);
    public Task Consume(ConsumeContext<LeaseRenewed> context) => Keep(context.Message);
    public Task Consume(ConsumeContext<LeaseRefused> context) => Keep(context.Message);

    private Task Keep(object message)
    {
        _inboxes.GetOrAdd(message.GetType(), _ => new Inbox()).Add(message);
        return Task.CompletedTask;
    }

    private sealed class Inbox
    {
        private readonly System.Threading.Channels.Channel<object> _messages = System.Threading.Channels.Channel.CreateUnbounded<object>();

        public bool Any => _messages.Reader.Count > 0;

        public void Add(object message) => _messages.Writer.TryWrite(message);

        public async Task<object> TakeAsync(string what)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                return await _messages.Reader.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited 20 s for {what}; none came.");
            }
        }
    }
}
