using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace Corral.Agent.Metering;

// The file is a chain of groups; a group is what one fsync made durable.
//
//   0  u32  magic "CJL1"
//   4  u32  bytes of records that follow the header
//   8  i64  the next free sequence after this group
//  16  u32  number of records
//  20  32   SHA-256 of the group before (zeros in the very first)
//  52  32   SHA-256 of bytes 0-51 and the records
//  84       records: u8 kind, i64 sequence, u32 length, JSON
//
// A group is written only after the one before it is durable. Therefore a group that fails its hash is a torn tail if no intact group follows: nobody was
// told that it is durable, and it is cut off. If an intact one does follow, the disk has lost what it had promised: the journal refuses to open, because
// going on would silently forget attempts. All numbers are little-endian.
internal static class JournalFormat
{
    public const int HeaderBytes = 84;
    public const int HashBytes = 32;
    private const uint Magic = 0x314C4A43;
    private const int HashedHeaderBytes = 52;
    private const int RecordHeaderBytes = 13;

    /// <summary>Encodes one group and returns its hash.</summary>
    public static byte[] Write(JournalBuffer into, IReadOnlyList<JournalEntry> entries, long nextSequence, ReadOnlySpan<byte> previousHash)
    {
        into.Clear();
        into.Advance(HeaderBytes);
        using (var json = new Utf8JsonWriter(into))
        {
            foreach (var entry in entries)
                WriteRecord(into, json, entry);
        }

        var group = into.Written;
        BinaryPrimitives.WriteUInt32LittleEndian(group, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(group[4..], (uint)(group.Length - HeaderBytes));
        BinaryPrimitives.WriteInt64LittleEndian(group[8..], nextSequence);
        BinaryPrimitives.WriteUInt32LittleEndian(group[16..], (uint)entries.Count);
        previousHash.CopyTo(group[20..]);
        var hash = Hash(group);
        hash.CopyTo(group[HashedHeaderBytes..]);
        return hash;
    }

    /// <summary>Reads the group at the start of <paramref name="bytes"/>: null where it is not whole and intact.</summary>
    public static JournalGroup? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
            return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (length > bytes.Length - HeaderBytes)
            return null;
        var group = bytes[..(HeaderBytes + (int)length)];
        if (!Hash(group).AsSpan().SequenceEqual(group.Slice(HashedHeaderBytes, HashBytes)))
            return null;

        var entries = new JournalEntry[BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..])];
        var rest = group[HeaderBytes..];
        for (var i = 0; i < entries.Length; i++)
        {
            var recordLength = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest[9..]);
            entries[i] = ReadRecord(rest[0], rest.Slice(RecordHeaderBytes, recordLength));
            rest = rest[(RecordHeaderBytes + recordLength)..];
        }

        return new JournalGroup(
            group.Length, BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), entries,
            group.Slice(20, HashBytes).ToArray(), group.Slice(HashedHeaderBytes, HashBytes).ToArray());
    }

    /// <summary>Whether an intact group starts anywhere in these bytes.</summary>
    public static bool ContainsGroup(ReadOnlySpan<byte> bytes)
    {
        Span<byte> magic = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(magic, Magic);
        for (var at = bytes.IndexOf(magic); at >= 0; at = bytes.IndexOf(magic))
        {
            bytes = bytes[at..];
            if (IsIntact(bytes))
                return true;
            bytes = bytes[1..];
        }

        return false;
    }

    private static bool IsIntact(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderBytes)
            return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        return length <= bytes.Length - HeaderBytes
            && Hash(bytes[..(HeaderBytes + (int)length)]).AsSpan().SequenceEqual(bytes.Slice(HashedHeaderBytes, HashBytes));
    }

    private static byte[] Hash(ReadOnlySpan<byte> group)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(group[..HashedHeaderBytes]);
        hash.AppendData(group[HeaderBytes..]);
        return hash.GetHashAndReset();
    }

    private static void WriteRecord(JournalBuffer into, Utf8JsonWriter json, JournalEntry entry)
    {
        var start = into.Written.Length;
        into.Advance(RecordHeaderBytes);
        json.Reset();
        var kind = Serialize(json, entry);
        json.Flush();
        var record = into.Written[start..];
        record[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(record[1..], entry.Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(record[9..], (uint)(record.Length - RecordHeaderBytes));
    }

    // The kinds are stored: they never change and are never reused.
    private static byte Serialize(Utf8JsonWriter json, JournalEntry entry)
    {
        switch (entry)
        {
            case AcceptedEntry accepted:
                JsonSerializer.Serialize(json, accepted, JournalJson.Default.AcceptedEntry);
                return 1;
            case StepEndedEntry stepEnded:
                JsonSerializer.Serialize(json, stepEnded, JournalJson.Default.StepEndedEntry);
                return 2;
            case EndedEntry ended:
                JsonSerializer.Serialize(json, ended, JournalJson.Default.EndedEntry);
                return 3;
            case AcknowledgedEntry acknowledged:
                JsonSerializer.Serialize(json, acknowledged, JournalJson.Default.AcknowledgedEntry);
                return 4;
            default:
                throw new System.Diagnostics.UnreachableException(entry.GetType().Name);
        }
    }

    private static JournalEntry ReadRecord(byte kind, ReadOnlySpan<byte> json) => kind switch
    {
        1 => JsonSerializer.Deserialize(json, JournalJson.Default.AcceptedEntry)!,
        2 => JsonSerializer.Deserialize(json, JournalJson.Default.StepEndedEntry)!,
        3 => JsonSerializer.Deserialize(json, JournalJson.Default.EndedEntry)!,
        4 => JsonSerializer.Deserialize(json, JournalJson.Default.AcknowledgedEntry)!,
        _ => throw new JournalException($"Reading the journal failed: it holds a record of kind {kind}, which this version does not know. Start the version that wrote it."),
    };
}
