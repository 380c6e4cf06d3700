using Corral.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Grains;

/// <summary>Counts what it admits on top of what the store said last, and asks the store again when that reaches the quota: an estimate that is never too low.</summary>
internal sealed class TenantGrain(IJobStore store, IOptions<CoordinatorOptions> options) : Grain, ITenantGrain
{
    private long _atMost;
    private long _limit = -1;

    public async Task<Admission> AdmitAsync(int jobs)
    {
        if (_limit < 0 || _atMost + jobs > _limit)
        {
            var (queued, max) = await store.TenantAsync(this.GetPrimaryKeyString(), CancellationToken.None);
            (_atMost, _limit) = (queued, max ?? options.Value.MaxQueuedPerTenant);
        }

        if (_atMost + jobs > _limit)
            return new Admission(false, _atMost, _limit);
        _atMost += jobs;
        return new Admission(true, _atMost, _limit);
    }
}
