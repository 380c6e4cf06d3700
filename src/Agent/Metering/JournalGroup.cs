namespace Corral.Agent.Metering;

/// <summary>One intact group of the journal.</summary>
/// <param name="Bytes">Its length in the file.</param>
/// <param name="NextSequence">The next free sequence after it.</param>
/// <param name="Entries">Its records.</param>
/// <param name="PreviousHash">The hash of the group before it, as it was written.</param>
/// <param name="Hash">Its own.</param>
internal sealed record JournalGroup(int Bytes, long NextSequence, IReadOnlyList<JournalEntry> Entries, byte[] PreviousHash, byte[] Hash);
