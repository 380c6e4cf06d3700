using Corral.Agent.Cgroups;
using Corral.Agent.Files;
using Corral.Agent.Interop;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

/// <summary>What an agent is made of, and what it reaches the world through.</summary>
internal sealed record AgentParts
{
    public required AgentOptions Options { get; init; }

    public JournalOptions Journal { get; init; } = new();

    public OutputOptions Outputs { get; init; } = new();

    public BlobCacheOptions BlobCache { get; init; } = new();

    public required ICoordinatorLink Link { get; init; }

    public required IBlobTransfer Blobs { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Opens the groups of a state folder; measurements put others in their place.</summary>
    public Func<string, ICgroupDriver> OpenGroups { get; init; } = CgroupDrivers.Open;

    /// <summary>Its stamps are CLOCK_BOOTTIME nanoseconds.</summary>
    public TimeProvider Clock { get; init; } = BootClock.Instance;

    /// <summary>The agent cannot go on: the process should end, so that the next one starts from what is durable.</summary>
    public required Action<Exception> OnFatal { get; init; }
}
