using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Metering;

/// <summary>One thing that the agent must still know after it, or its host, was cut off.</summary>
/// <param name="Sequence">Its place in the journal, strictly rising; the last one, where an entry takes several.</param>
internal abstract record JournalEntry(long Sequence);

/// <summary>The agent answers for this attempt from here on. The whole order is kept, so that the attempt can go on after a restart.</summary>
/// <param name="Sequence">Its place in the journal.</param>
/// <param name="Epoch">The lease epoch it was ordered under.</param>
/// <param name="Slot">Which uid and gid of the agent's range are the attempt's.</param>
/// <param name="Order">What to run.</param>
internal sealed record AcceptedEntry(long Sequence, long Epoch, int Slot, AttemptOrder Order) : JournalEntry(Sequence);

/// <summary>A step has ended and others follow; it is never run again.</summary>
internal sealed record StepEndedEntry(long Sequence, AttemptId Attempt, StepResult Result) : JournalEntry(Sequence);

/// <summary>The attempt has ended: what is sent until the coordinator has acknowledged it.</summary>
internal sealed record EndedEntry(long Sequence, AttemptReport Report) : JournalEntry(Sequence);

/// <summary>The coordinator has committed these reports.</summary>
internal sealed record AcknowledgedEntry(long Sequence, IReadOnlyList<long> Reports) : JournalEntry(Sequence);
