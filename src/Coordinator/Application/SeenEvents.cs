using System.Runtime.CompilerServices;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>What one watcher has been shown of steps and output, so that a job which ended before it was watched is shown whole, and nothing twice.</summary>
internal sealed class SeenEvents
{
    private readonly Dictionary<(int Attempt, int Step, JobEventKind Stream), long> _shown = [];
    private readonly HashSet<(int Attempt, int Step)> _started = [];
    private readonly HashSet<(int Attempt, int Step)> _ended = [];

    /// <summary>The event, without output that was shown; null where nothing of it is new.</summary>
    public JobEvent? Note(JobEvent happened)
    {
        if (happened.StepIndex is not { } step)
            return happened;
        if (happened.Kind == JobEventKind.StepStarted)
            return _started.Add((happened.Attempt, step)) ? happened : null;
        if (happened.Kind == JobEventKind.StepEnded)
            return _ended.Add((happened.Attempt, step)) ? happened : null;
        if (happened.Data is not { } data)
            return happened;
        var key = (happened.Attempt, step, happened.Kind);
        var shown = _shown.GetValueOrDefault(key);
        var end = happened.Offset + data.Length;
        if (end <= shown)
            return null;
        _shown[key] = end;
        return happened.Offset >= shown ? happened : happened with { Offset = shown, Data = data[(int)(shown - happened.Offset)..] };
    }

    /// <summary>With the end of the job: what was not shown yet of starts and ends of steps and of kept output.</summary>
    public async IAsyncEnumerable<JobEvent> MissingAsync(JobView view, IBlobs blobs, bool withOutput, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (view.Attempts is not [.., var attempt])
            yield break;
        foreach (var step in attempt.Steps)
        {
            if (step.Usage is { } usage && Note(new JobEvent(null, JobEventKind.StepStarted, usage.StartedAt, attempt.Number, null, step.Index)) is { } started)
                yield return started;
            if (withOutput && await RestAsync(view, attempt, step, JobEventKind.Stdout, step.Stdout, blobs, cancellationToken) is { } stdout)
                yield return stdout;
            if (withOutput && await RestAsync(view, attempt, step, JobEventKind.Stderr, step.Stderr, blobs, cancellationToken) is { } stderr)
                yield return stderr;
            if (Note(new JobEvent(null, JobEventKind.StepEnded, attempt.EndedAt ?? view.SubmittedAt, attempt.Number, null, step.Index, step.Verdict)) is { } ended)
                yield return ended;
        }
    }

    private async Task<JobEvent?> RestAsync(
        JobView view, AttemptView attempt, StepResult step, JobEventKind stream, CapturedOutput kept, IBlobs blobs, CancellationToken cancellationToken)
    {
        var bytes = kept.Inline;
        if (kept.Blob is { } digest && await blobs.OpenAsync(view.Spec.Tenant, digest, cancellationToken) is { } content)
        {
            await using (content)
            {
                bytes = new byte[content.Length];
                await content.ReadExactlyAsync(bytes, cancellationToken);
            }
        }

        return bytes.Length == 0 ? null : Note(new JobEvent(null, stream, attempt.EndedAt ?? view.SubmittedAt, attempt.Number, null, step.Index, Verdict.None, 0, bytes));
    }
}
