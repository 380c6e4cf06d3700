using System.Text;
using Corral.Agent.Files;
using Corral.Agent.Interop;
using Corral.Agent.Metering;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;

namespace Corral.Agent.Attempts;

/// <summary>From a sandbox that is dead to a step's result: verdict, facts, usage, kept output, collected files, comparison.</summary>
internal static class StepHarvest
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);

    public static async Task<StepResult> TakeAsync(
        AttemptServices services, AcceptedEntry accepted, int index, RunningStep running, MountedWorkspace workspace, StepEnd end, StopRequest? asked, CancellationToken cancellationToken)
    {
        var spec = accepted.Order.Spec;
        var step = spec.Steps[index];
        var (verdict, facts) = StepVerdict.Of(end, step.Limits, asked);
        if (step.Workspace.Kind != WorkspaceKind.From)
            facts = WithFullness(facts, workspace);

        // Where nobody asks for files, output is short and nothing is compared, the rest of this is two reads of a few bytes.
        var keep = new Keeper(services, spec.Tenant, cancellationToken);
        var stdout = await keep.StreamAsync(running, StepStream.Stdout, Math.Min(end.StdoutBytes, step.Limits.CaptureBytes));
        var stderr = await keep.StreamAsync(running, StepStream.Stderr, Math.Min(end.StderrBytes, step.Limits.CaptureBytes));
        var outputs = step.Outputs.Count == 0 ? [] : await keep.TryAsync(() => services.Outputs.CollectAsync(workspace.RootDirectory, spec.Tenant, step.Outputs, cancellationToken));
        if (step.Expect is { } expect && facts.ExitCode is not null && end.StdoutBytes <= step.Limits.CaptureBytes && verdict is Verdict.Succeeded or Verdict.NonZeroExit)
            facts = facts with { OutputMatches = await keep.TryAsync(() => MatchesAsync(services.Inputs, spec.Tenant, expect!, running, cancellationToken)) };

        return new StepResult
        {
            Index = index,
            Name = step.Name,
            State = StepState.Ended,
            Verdict = verdict,
            Facts = facts,
            Usage = UsageMeter.Measure(accepted.Order, index, services.Options.Id, accepted.Epoch, verdict, running.StartedAt, end),
            Stdout = stdout,
            Stderr = stderr,
            Outputs = outputs,
        };
    }

    private static StepFacts WithFullness(StepFacts facts, MountedWorkspace workspace)
    {
        var (bytes, inodes) = ContentCalls.Free(workspace.RootDirectory);
        return bytes > 0 && inodes > 0 ? facts : facts with { DiskLimitHit = facts.DiskLimitHit || bytes == 0, InodeLimitHit = facts.InodeLimitHit || inodes == 0 };
    }

    private static async Task<bool?> MatchesAsync(BlobCache blobs, string tenant, Expectation expect, RunningStep running, CancellationToken cancellationToken)
    {
        using var actual = new StepOutputStream(running, StepStream.Stdout);
        if (expect.Content.Blob is not { } digest)
        {
            using var text = new MemoryStream(Encoding.UTF8.GetBytes(expect.Content.Text ?? ""), writable: false);
            return OutputComparison.Matches(actual, text, expect.Mode, expect.Tolerance);
        }

        using var file = await blobs.OpenAsync(tenant, digest, cancellationToken);
        if (file is null)
            return null;
        using var expected = new BoundedFileStream(file, RandomAccess.GetLength(file));
        return OutputComparison.Matches(actual, expected, expect.Mode, expect.Tolerance);
    }

    /// <summary>Keeps bytes, and tries again for a while where the coordinator cannot be reached: the step has run, its result must not be lost to a hiccup.</summary>
    private readonly struct Keeper(AttemptServices services, string tenant, CancellationToken cancellationToken)
    {
        public async Task<CapturedOutput> StreamAsync(RunningStep running, StepStream which, long length)
        {
            if (length == 0)
                return CapturedOutput.Empty;
            if (length <= CapturedOutput.InlineLimit)
            {
                var bytes = new byte[length];
                using var stream = new StepOutputStream(running, which);
                var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
                return new CapturedOutput(read == bytes.Length ? bytes : bytes[..read], null);
            }

            var (blobs, of, token) = (services.Blobs, tenant, cancellationToken);
            return await TryAsync(async () =>
            {
                using var stream = new StepOutputStream(running, which);
                return new CapturedOutput([], await blobs.StoreAsync(of, stream, token));
            });
        }

        public async Task<T> TryAsync<T>(Func<Task<T>> action)
        {
            var began = services.Clock.GetTimestamp();
            for (var wait = FirstRetry; ; wait *= 2)
            {
                try
                {
                    return await action();
                }
                catch (Exception) when (!cancellationToken.IsCancellationRequested && services.Clock.GetElapsedTime(began) + wait < services.Options.BlobPatience)
                {
                    await Task.Delay(wait, services.Clock, cancellationToken);
                }
            }
        }
    }
}
