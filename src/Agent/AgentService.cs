using Corral.Agent.Attempts;
using Corral.Agent.Cgroups;
using Corral.Agent.Files;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Corral.Agent;

/// <summary>The agent as a part of a host: starts with it, stops with it, and stops it where the agent cannot go on.</summary>
internal sealed partial class AgentService(
    IOptions<AgentOptions> options, IOptions<JournalOptions> journal, IOptions<OutputOptions> outputs, IOptions<BlobCacheOptions> blobCache,
    ICoordinatorLink link, IBlobTransfer blobs, IHostApplicationLifetime host, ILoggerFactory loggers, ILogger<AgentService> logger, Func<string, ICgroupDriver>? openGroups = null) : IHostedService
{
    /// <summary>The agent's name.</summary>
    public string Id => options.Value.Id;

    /// <summary>The running agent; null before it has started and after it has stopped.</summary>
    public AgentNode? Node { get; private set; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var capacity = HostCapacity.Of(options.Value);
        Log.Starting(logger, Id, options.Value.Pool, options.Value.StateDirectory, capacity.Cpus, capacity.MemoryBytes, capacity.MaxAttempts);
        Node = await AgentNode.StartAsync(
            new AgentParts
            {
                Options = options.Value,
                Journal = journal.Value,
                Outputs = outputs.Value,
                BlobCache = blobCache.Value,
                Link = link,
                Blobs = blobs,
                Loggers = loggers,
                OpenGroups = openGroups ?? CgroupDrivers.Open,
                OnFatal = fatal =>
                {
                    Log.CannotGoOn(logger, fatal);
                    host.StopApplication();
                },
            },
            cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var node = Node;
        Node = null;
        if (node is not null)
            await node.DisposeAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Information, "Agent '{AgentId}' starts: pool '{Pool}', state in '{StateDirectory}', capacity {Cpus} processors, {MemoryBytes} bytes, {MaxAttempts} attempts")]
        public static partial void Starting(ILogger logger, string agentId, string pool, string stateDirectory, double cpus, long memoryBytes, int maxAttempts);

        [LoggerMessage(2002, LogLevel.Critical, "The agent cannot go on, and stops its process; the next one starts from what is durable")]
        public static partial void CannotGoOn(ILogger logger, Exception exception);
    }
}
