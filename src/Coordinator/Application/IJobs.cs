using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>What can be done with jobs. The callers have authorised already; every method may throw <see cref="Storage.StorageException"/>, and then nothing was acknowledged.</summary>
internal interface IJobs
{
    /// <summary>Admits and stores the jobs, all or none. When it returns <see cref="SubmitOutcome.Accepted"/> they are durable.</summary>
    /// <param name="tenant">Whose idempotency key it is; every spec has this tenant.</param>
    /// <param name="specs">One or many, validated.</param>
    /// <param name="idempotencyKey">Remembered for 24 hours per tenant; null remembers nothing.</param>
    /// <param name="requestHash">SHA-256 of the request body: tells a replay from another request under the same key.</param>
    /// <param name="cancellationToken">Ends the wait, not what was handed to the store already.</param>
    Task<SubmitOutcome> SubmitAsync(string tenant, IReadOnlyList<JobSpec> specs, string? idempotencyKey, byte[] requestHash, CancellationToken cancellationToken);

    /// <summary>The job as it is now; null where there is none.</summary>
    Task<JobView?> GetAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>A page of jobs, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cursor">The previous page's <see cref="JobPage.Next"/>; null for the first. An unreadable one gives a <see cref="FormatException"/>.</param>
    /// <param name="limit">1–1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<JobPage> ListAsync(JobFilter filter, string? cursor, int limit, CancellationToken cancellationToken);

    /// <summary>Ends a queued job at once, asks the agent to end a placed one.</summary>
    Task<CancelOutcome> CancelAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Waits until the job has ended, at most <paramref name="timeout"/>, and shows it as it then is; null where there is none.</summary>
    Task<JobView?> WaitAsync(JobId id, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>The job's durable events after <paramref name="fromEventId"/>, then what happens, until it has ended. Events without an id are live only: they are not repeated to who comes later.</summary>
    /// <param name="id">A job that exists; for another the sequence is empty.</param>
    /// <param name="fromEventId">0 for all.</param>
    /// <param name="withOutput">Whether to send Stdout and Stderr, from the first kept byte.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    IAsyncEnumerable<JobEvent> WatchAsync(JobId id, long fromEventId, bool withOutput, CancellationToken cancellationToken);
}
