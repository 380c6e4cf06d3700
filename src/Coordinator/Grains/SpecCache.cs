using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Grains;

/// <summary>Specifications that are probably ordered soon. A queued job is a row and a few hundred bytes: what does not fit here is read when it is placed.</summary>
internal sealed class SpecCache(IJobStore store)
{
    private const int Most = 4096;

    private readonly Dictionary<JobId, JobSpec> _specs = [];

    public void Keep(JobId job, JobSpec spec)
    {
        if (_specs.Count < Most)
            _specs[job] = spec;
    }

    public void Forget(JobId job) => _specs.Remove(job);

    public async Task<IReadOnlyDictionary<JobId, JobSpec>> GetAsync(List<JobId> jobs)
    {
        var found = new Dictionary<JobId, JobSpec>(jobs.Count);
        List<JobId>? missing = null;
        foreach (var job in jobs)
        {
            if (_specs.TryGetValue(job, out var spec))
                found[job] = spec;
            else
                (missing ??= []).Add(job);
        }

        if (missing is not null)
        {
            foreach (var (job, spec) in await store.SpecsAsync(missing, CancellationToken.None))
                found[job] = spec;
        }

        return found;
    }
}
