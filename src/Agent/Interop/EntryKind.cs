namespace Corral.Agent.Interop;

/// <summary>DT_*: what a directory says about an entry.</summary>
internal enum EntryKind : byte
{
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    SymbolicLink = 10,
    Socket = 12,
}
