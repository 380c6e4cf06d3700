using System.Runtime.CompilerServices;
using Corral.Coordinator.Grains;
using Corral.Coordinator.Scheduling;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Application;

/// <summary>Jobs, by way of the grains and the store.</summary>
internal sealed class Jobs(
    IGrainFactory grains, IJobStore store, IBlobs blobs, MonotonicJobIds ids, TimeProvider clock, IHostApplicationLifetime lifetime,
    IOptions<CoordinatorOptions> options) : IJobs
{
    /// <summary>A pool that is activated anew loses one submission; twice in a row is another fault.</summary>
    private const int Tries = 3;

    public async Task<SubmitOutcome> SubmitAsync(string tenant, IReadOnlyList<JobSpec> specs, string? idempotencyKey, byte[] requestHash, CancellationToken cancellationToken)
    {
        var admission = await grains.GetGrain<ITenantGrain>(tenant).AdmitAsync(specs.Count);
        // With a key it may be a replay, which costs no place; the store knows.
        if (!admission.Admitted && idempotencyKey is null)
            return new SubmitOutcome.QuotaExceeded(admission.Queued, admission.Limit, TimeSpan.FromSeconds(1));

        var now = Micros.Truncate(clock.GetUtcNow());
        var jobs = new List<NewJob>(specs.Count);
        foreach (var spec in specs)
            jobs.Add(NewJob.Of(ids.Next(), spec));
        var key = idempotencyKey is null ? null : new SubmissionKey(idempotencyKey, requestHash, now + options.Value.Storage.IdempotencyPeriod);
        var submission = new Submission(tenant, jobs, options.Value.MaxQueuedPerTenant, now, key);

        var pools = jobs.GroupBy(job => job.Spec.Pool).ToList();
        return pools.Count == 1 ? await SubmitToAsync(pools[0].Key, submission) : await SubmitToManyAsync(pools, submission);
    }

    public async Task<JobView?> GetAsync(JobId id, CancellationToken cancellationToken)
    {
        var view = await store.JobAsync(id, cancellationToken);
        return view is { State: JobState.Queued } ? view with { QueueReason = await grains.GetGrain<IPoolGrain>(view.Spec.Pool).ExplainAsync(id) } : view;
    }

    public async Task<JobPage> ListAsync(JobFilter filter, string? cursor, int limit, CancellationToken cancellationToken)
    {
        JobId? before = null;
        if (cursor is not null)
            before = JobId.TryParse(cursor, out var id) ? id : throw new FormatException("The cursor is not one that a page gave.");
        var jobs = await store.JobsAsync(filter, before, limit + 1, cancellationToken);
        return jobs.Count <= limit ? new JobPage(jobs, null) : new JobPage([.. jobs.Take(limit)], jobs[limit - 1].Id.ToString());
    }

    public async Task<CancelOutcome> CancelAsync(JobId id, CancellationToken cancellationToken) =>
        await store.HeadAsync(id, cancellationToken) switch
        {
            null => CancelOutcome.NotFound,
            { State: JobState.Ended } => CancelOutcome.AlreadyEnded,
            { Pool: var pool } => (await grains.GetGrain<IPoolGrain>(pool).CancelAsync(id)).Outcome,
        };

    public async Task<JobView?> WaitAsync(JobId id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // The look before the wait need not be a whole one.
        if (timeout <= TimeSpan.Zero || await store.HeadAsync(id, cancellationToken) is null or { State: JobState.Ended })
            return await GetAsync(id, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var began = clock.GetTimestamp();
        try
        {
            while (timeout - clock.GetElapsedTime(began) is { Ticks: > 0 } left && !await grains.GetGrain<IJobGrain>(id.ToString()).WaitAsync(left, stop.Token))
            {
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The coordinator stops: the caller gets the job as it is, and asks the next one.
        }

        return await GetAsync(id, cancellationToken);
    }

    public async IAsyncEnumerable<JobEvent> WatchAsync(JobId id, long fromEventId, bool withOutput, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var grain = grains.GetGrain<IJobGrain>(id.ToString());
        var seen = new SeenEvents();
        var cursor = WatchCursor.After(fromEventId);
        while (!stop.IsCancellationRequested)
        {
            var next = await grain.NextAsync(cursor, withOutput, stop.Token);
            cursor = next.Cursor;
            foreach (var happened in next.Events)
            {
                if (happened.Kind == JobEventKind.Ended && await store.JobAsync(id, stop.Token) is { } view)
                {
                    await foreach (var late in seen.MissingAsync(view, blobs, withOutput, stop.Token))
                        yield return late;
                }

                if (seen.Note(happened) is { } news)
                    yield return news;
            }

            if (next.Ended)
                yield break;
        }
    }

    private async Task<SubmitOutcome> SubmitToAsync(string pool, Submission submission)
    {
        for (var attempt = 1; ; attempt++)
        {
            var commit = await grains.GetGrain<IPoolGrain>(pool).SubmitAsync(submission);
            if (commit.Placed is not null)
                return commit.Outcome;
            if (attempt == Tries)
                throw new StorageException(StorageFault.Busy, $"Pool '{pool}' was taken by another coordinator {Tries} times in a row; nothing was stored.");
        }
    }

    private async Task<SubmitOutcome> SubmitToManyAsync(IEnumerable<IGrouping<string, NewJob>> pools, Submission submission)
    {
        var outcome = (await store.SubmitAsync(submission)).Outcome;
        if (outcome is not SubmitOutcome.Accepted { Replayed: false })
            return outcome;
        foreach (var pool in pools)
        {
            await grains.GetGrain<IPoolGrain>(pool.Key).EnqueueAsync(new QueuedJobs([.. pool.Select(job => new QueuedJob(
                job.Id, submission.Tenant, job.Spec.Priority, job.Demand, 0, job.Spec.MaxAttempts, 1, submission.Now))]));
        }

        return outcome;
    }
}
