using Corral.Coordinator.Application;
using Corral.Shared.Contracts;

namespace Corral.Coordinator.Grains;

/// <summary>The watchers of one job; named by its id. It exists only while somebody watches.</summary>
[Alias("corral.job")]
internal interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Returns true as soon as the job has ended, and where there is none; false where it has not within the time, at most 20 s.</summary>
    Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Begins or goes on watching: what happened after the cursor, as soon as there is something; nothing where there is nothing within 20 s.</summary>
    /// <param name="cursor">The last answer's cursor; at first <see cref="WatchCursor.After"/>.</param>
    /// <param name="withOutput">Whether the agent is asked for live output.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<JobHappenings> NextAsync(WatchCursor cursor, bool withOutput, CancellationToken cancellationToken);

    /// <summary>The pool says: this was committed, or is going on; the job is or is not placed.</summary>
    Task HappenedAsync([Immutable] IReadOnlyList<JobEvent> events, PlacedOn? placed);

    /// <summary>An agent says: live output.</summary>
    Task OutputAsync([Immutable] IReadOnlyList<AttemptProgress> output);
}

/// <summary>What happened to a job.</summary>
/// <param name="Events">In order.</param>
/// <param name="Cursor">Where to go on.</param>
/// <param name="Ended">Nothing follows: the job has ended, or there is none.</param>
[GenerateSerializer, Immutable, Alias("corral.job-happenings")]
internal sealed record JobHappenings(IReadOnlyList<JobEvent> Events, WatchCursor Cursor, bool Ended);

/// <summary>How far a watcher has seen.</summary>
/// <param name="Life">The grain's activation that <paramref name="Position"/> belongs to: another one remembers the durable events only.</param>
/// <param name="Position">Events of that activation already seen.</param>
/// <param name="LastId">The newest durable event already seen.</param>
[GenerateSerializer, Immutable, Alias("corral.watch-cursor")]
internal sealed record WatchCursor(Guid Life, long Position, long LastId)
{
    public static WatchCursor After(long lastId) => new(Guid.Empty, 0, lastId);
}
