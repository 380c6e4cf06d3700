using Corral.Shared.Contracts;

namespace Corral.Coordinator.Grains;

/// <summary>The lease of one agent, and the door for all it says; named by the agent.</summary>
[Alias("corral.agent")]
internal interface IAgentGrain : IGrainWithStringKey
{
    /// <summary>Activates the grain, so that a lease which nobody renews passes.</summary>
    [AlwaysInterleave]
    Task WakeAsync();

    /// <summary>A process of the agent asks for a lease.</summary>
    Task StartedAsync([Immutable] AgentStarted message);

    /// <summary>The agent renews its lease.</summary>
    Task RenewAsync([Immutable] RenewLease message);

    /// <summary>Attempts have ended.</summary>
    [AlwaysInterleave]
    Task ReportAsync([Immutable] AttemptReports message);

    /// <summary>Something happened within attempts.</summary>
    [AlwaysInterleave]
    Task ProgressAsync([Immutable] AttemptsProgressed message);
}
