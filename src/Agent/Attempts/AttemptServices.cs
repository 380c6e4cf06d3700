using Corral.Agent.Files;
using Corral.Agent.Messaging;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Attempts;

/// <summary>What every attempt of this agent uses.</summary>
internal sealed record AttemptServices
{
    public required AgentOptions Options { get; init; }

    public required SandboxHost Sandboxes { get; init; }

    public required Journal Journal { get; init; }

    public required BlobCache Inputs { get; init; }

    public required OutputCollector Outputs { get; init; }

    public required IBlobTransfer Blobs { get; init; }

    public required CpuLedger Cpu { get; init; }

    public required LeaseKeeper Lease { get; init; }

    public required ProgressOutbox Progress { get; init; }

    public required LiveOutput Live { get; init; }

    /// <summary>Its stamps are CLOCK_BOOTTIME nanoseconds.</summary>
    public required TimeProvider Clock { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The agent process stops: what runs goes on without it.</summary>
    public required CancellationToken Stopping { get; init; }
}
