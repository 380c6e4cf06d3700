namespace Corral.Shared.Jobs;

/// <summary>
/// The legal moves of a job. A move that only comes late or twice is ignored: it leaves the state as it is. A move that cannot be explained so is illegal.
/// <code>
///            Place     Start     Finish    Retry     Cancel
/// Queued     Placed    ignored   illegal   illegal   Ended
/// Placed     illegal   Running   Ended     Queued    ignored
/// Running    illegal   ignored   Ended     Queued    ignored
/// Ended      illegal   ignored   ignored   ignored   ignored
/// </code>
/// A cancel of a placed or running job goes to its agent and ends the job by <see cref="JobMove.Finish"/>. Start reaches a queued job when its
/// attempt was lost meanwhile; Finish can come before Start, whose message nobody waits for.
/// </summary>
public static class JobStateMachine
{
    /// <summary>The state after a move.</summary>
    /// <param name="state">Where the job is; not None.</param>
    /// <param name="move">What happens.</param>
    /// <returns>The next state, which is the same one where the move is ignored; null where the move is illegal.</returns>
    public static JobState? Next(JobState state, JobMove move) => (state, move) switch
    {
        (JobState.Queued, JobMove.Place) => JobState.Placed,
        (JobState.Queued, JobMove.Start) => JobState.Queued,
        (JobState.Queued, JobMove.Cancel) => JobState.Ended,
        (JobState.Placed, JobMove.Start) => JobState.Running,
        (JobState.Placed or JobState.Running, JobMove.Finish) => JobState.Ended,
        (JobState.Placed or JobState.Running, JobMove.Retry) => JobState.Queued,
        (JobState.Placed, JobMove.Cancel) => JobState.Placed,
        (JobState.Running, JobMove.Start or JobMove.Cancel) => JobState.Running,
        (JobState.Ended, JobMove.Start or JobMove.Finish or JobMove.Retry or JobMove.Cancel) => JobState.Ended,
        _ => null,
    };
}
