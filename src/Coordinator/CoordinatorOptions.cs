using Corral.Coordinator.Storage;

namespace Corral.Coordinator;

/// <summary>How the coordinator works. Section <c>Coordinator</c>.</summary>
internal sealed class CoordinatorOptions
{
    public const string Section = "Coordinator";

    /// <summary>The folder of everything that must not be forgotten; made where it is missing. Default <c>/var/lib/corral</c>.</summary>
    public string StatePath { get; set; } = "/var/lib/corral";

    /// <summary>How long an agent may act after it sent the renewal that was answered: 1 s–1 h, default 5 s.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How much longer the coordinator waits before it gives up what the agent held: it counts from its own commit, by its own clock. 0.1 s–1 h, default 1 s.</summary>
    public TimeSpan LeaseMargin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after an order left it is sent again if the agent does not hold the attempt: 0.1 s–1 min, default 1 s.</summary>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most jobs a tenant may have queued, unless its row says otherwise: 1–10⁹, default 100,000. More are refused with 429.</summary>
    public long MaxQueuedPerTenant { get; set; } = 100_000;

    /// <summary>The store.</summary>
    public StorageOptions Storage { get; set; } = new();
}
