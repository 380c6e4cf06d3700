namespace Corral.Agent.Interop;

/// <summary>Takes one entry of a directory; false ends the listing.</summary>
/// <param name="name">As the kernel has it: any bytes but NUL and slash.</param>
/// <param name="kind">A hint: the entry may be another one by the time it is opened.</param>
internal delegate bool DirectoryEntryHandler(ReadOnlySpan<byte> name, EntryKind kind);
