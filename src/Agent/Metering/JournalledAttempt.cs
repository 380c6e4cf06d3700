using Corral.Shared.Jobs;

namespace Corral.Agent.Metering;

/// <summary>An attempt as the journal knows it: accepted and not yet ended, or ended and not yet acknowledged.</summary>
internal sealed class JournalledAttempt(AttemptId attempt)
{
    public AttemptId Attempt { get; } = attempt;

    /// <summary>Null once it has ended.</summary>
    public AcceptedEntry? Accepted { get; init; }

    /// <summary>The steps that ended before the attempt did.</summary>
    public List<StepEndedEntry> Steps { get; } = [];

    /// <summary>Set once it has ended.</summary>
    public EndedEntry? Ended { get; init; }
}
