namespace Corral.Coordinator.Grains;

/// <summary>Admission of one tenant's jobs; named by the tenant.</summary>
[Alias("corral.tenant")]
internal interface ITenantGrain : IGrainWithStringKey
{
    /// <summary>Whether the tenant may have so many more jobs queued. The store has the last word; this keeps a flood away from it.</summary>
    Task<Admission> AdmitAsync(int jobs);
}

/// <summary>An answer to who wants to submit.</summary>
/// <param name="Admitted">Whether to go on.</param>
/// <param name="Queued">Jobs queued now, where refused.</param>
/// <param name="Limit">The most it may have queued.</param>
[GenerateSerializer, Immutable, Alias("corral.admission")]
internal sealed record Admission(bool Admitted, long Queued, long Limit);
