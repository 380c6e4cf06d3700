using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>Something that happened to a job.</summary>
/// <param name="Id">Rises within the job; null where the event is live only. A watcher resumes after the last id it saw.</param>
/// <param name="Kind">What.</param>
/// <param name="At">When.</param>
/// <param name="Attempt">Which attempt; 0 before the first.</param>
/// <param name="Agent">With Placed: where.</param>
/// <param name="StepIndex">With step and output kinds: which step, from 0.</param>
/// <param name="Verdict">With StepEnded and Ended; with Queued where an attempt was given up, that attempt's.</param>
/// <param name="Offset">With Stdout and Stderr: the place of <paramref name="Data"/> in the stream.</param>
/// <param name="Data">With Stdout and Stderr: the bytes.</param>
[GenerateSerializer, Immutable, Alias("corral.job-event")]
internal sealed record JobEvent(
    long? Id, JobEventKind Kind, DateTimeOffset At, int Attempt = 0, string? Agent = null, int? StepIndex = null,
    Verdict Verdict = Verdict.None, long Offset = 0, byte[]? Data = null);
