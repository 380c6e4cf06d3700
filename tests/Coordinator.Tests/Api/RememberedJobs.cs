using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Api;

/// <summary>The application behind the API, in memory: what is under test is the API.</summary>
internal sealed class RememberedJobs(TimeProvider time) : IJobs
{
    private readonly Dictionary<(string Tenant, string Key), (byte[] Hash, SubmitOutcome.Accepted Answer)> replays = [];

    public ConcurrentDictionary<JobId, JobView> Jobs { get; } = new();

    public ConcurrentDictionary<JobId, IReadOnlyList<JobEvent>> Events { get; } = new();

    /// <summary>A job whose watch is silent until the watcher leaves, and says so then.</summary>
    public (JobId Id, TaskCompletionSource Left)? Silent { get; set; }

    /// <summary>How often the API handed jobs on.</summary>
    public int Submissions { get; private set; }

    public SubmitOutcome? NextOutcome { get; set; }

    public Exception? NextFailure { get; set; }

    public JobFilter? LastFilter { get; private set; }

    public TimeSpan? LastWait { get; private set; }

    public Task<SubmitOutcome> SubmitAsync(string tenant, IReadOnlyList<JobSpec> specs, string? idempotencyKey, byte[] requestHash, CancellationToken cancellationToken)
    {
        Submissions++;
        if (NextFailure is { } failure)
        {
            NextFailure = null;
            throw failure;
        }

        if (NextOutcome is { } outcome)
        {
            NextOutcome = null;
            return Task.FromResult(outcome);
        }

        lock (replays)
        {
            if (idempotencyKey is not null && replays.TryGetValue((tenant, idempotencyKey), out var replay))
                return Task.FromResult<SubmitOutcome>(replay.Hash.AsSpan().SequenceEqual(requestHash) ? replay.Answer with { Replayed = true } : new SubmitOutcome.KeyReused());
            var now = time.GetUtcNow();
            var ids = new List<JobId>();
            foreach (var spec in specs)
            {
                var id = JobId.New(now);
                Jobs[id] = new JobView { Id = id, Spec = spec, State = JobState.Queued, Version = 1, SubmittedAt = now };
                ids.Add(id);
            }

            var accepted = new SubmitOutcome.Accepted(ids, now, false);
            if (idempotencyKey is not null)
                replays[(tenant, idempotencyKey)] = (requestHash, accepted);
            return Task.FromResult<SubmitOutcome>(accepted);
        }
    }

    public Task<JobView?> GetAsync(JobId id, CancellationToken cancellationToken) => Task.FromResult(Jobs.GetValueOrDefault(id));

    public Task<JobPage> ListAsync(JobFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        LastFilter = filter;
        if (cursor is not null && !JobId.TryParse(cursor, out _))
            throw new FormatException();
        var all = Jobs.Values.Where(job => filter.Tenant is null || job.Spec.Tenant == filter.Tenant).OrderByDescending(job => job.Id.ToString(), StringComparer.Ordinal)
            .SkipWhile(job => cursor is not null && string.CompareOrdinal(job.Id.ToString(), cursor) >= 0).ToList();
        var page = all.Take(limit).Select(job => new JobSummary(
            job.Id, job.Spec.Tenant, job.Spec.Pool, job.Spec.Priority, job.Spec.Labels, job.Spec.Steps.Count, job.State, job.Verdict, job.Attempts.Count, null, job.SubmittedAt, job.EndedAt, job.Receipt?.TotalNano)).ToList();
        return Task.FromResult(new JobPage(page, all.Count > limit ? page[^1].Id.ToString() : null));
    }

    public Task<CancelOutcome> CancelAsync(JobId id, CancellationToken cancellationToken)
    {
        if (!Jobs.TryGetValue(id, out var job))
            return Task.FromResult(CancelOutcome.NotFound);
        if (job.State == JobState.Ended)
            return Task.FromResult(CancelOutcome.AlreadyEnded);
        Jobs[id] = job with { State = JobState.Ended, Verdict = Verdict.Cancelled, EndedAt = time.GetUtcNow(), Version = 2 };
        return Task.FromResult(CancelOutcome.Cancelled);
    }

    public Task<JobView?> WaitAsync(JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        LastWait = timeout;
        return GetAsync(id, cancellationToken);
    }

    public async IAsyncEnumerable<JobEvent> WatchAsync(JobId id, long fromEventId, bool withOutput, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Silent is { } silent && silent.Id == id)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                silent.Left.SetResult();
            }
        }

        foreach (var e in Events.GetValueOrDefault(id, []))
        {
            await Task.Yield();
            if ((e.Id is null || e.Id > fromEventId) && (withOutput || e.Kind is not (JobEventKind.Stdout or JobEventKind.Stderr)))
                yield return e;
        }
    }
}
