using Corral.Shared.Jobs;

namespace Corral.Agent.Sandbox;

/// <summary>A step in its sandbox, from dispatch until the caller releases it.</summary>
internal sealed class RunningStep
{
    internal RunningStep(AttemptId attempt, int stepIndex)
    {
        AttemptId = attempt;
        StepIndex = stepIndex;
    }

    /// <summary>Whose step it is.</summary>
    public AttemptId AttemptId { get; }

    /// <summary>Its place in the job, from 0.</summary>
    public int StepIndex { get; }

    /// <summary>When the step was handed to the sandbox, by the wall clock.</summary>
    public DateTimeOffset StartedAt { get; internal init; }

    /// <summary>Ends when every process is gone, all output is read and the counters are taken.</summary>
    public Task<StepEnd> Completion => throw new NotSupportedException();

    /// <summary>All bytes written to stdout so far.</summary>
    public long StdoutLength => throw new NotSupportedException();

    /// <summary>All bytes written to stderr so far.</summary>
    public long StderrLength => throw new NotSupportedException();

    /// <summary>Kills every process of the step; the first reason given is the one remembered.</summary>
    public void Kill(KillReason reason) => throw new NotSupportedException(reason.ToString());

    /// <summary>Sends a signal to the command's session leader and its process group.</summary>
    public void Signal(int signal) => throw new NotSupportedException(signal.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Reads kept output, also while the step runs; returns how much there was, 0 at its present end.</summary>
    public int ReadOutput(StepStream stream, long offset, Span<byte> destination) => throw new NotSupportedException($"{stream} {offset} {destination.Length}");

    /// <summary>Says that the result is safe: the launcher forgets the step, and its kept output is gone. Call once, after <see cref="Completion"/>.</summary>
    public ValueTask ReleaseAsync() => throw new NotSupportedException();
}
