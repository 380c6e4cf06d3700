using System.Buffers.Text;

namespace Corral.Agent.Cgroups;

/// <summary>
/// Reads what the kernel prints in cgroup files. A key that is missing or unreadable is null, never zero: which keys exist depends on the
/// kernel and its controllers. https://docs.kernel.org/admin-guide/cgroup-v2.html#format
/// </summary>
internal static class CounterText
{
    /// <summary>The number beside a key in a flat keyed file (<c>cpu.stat</c>, <c>memory.events</c>), one <c>KEY VALUE</c> a line.</summary>
    public static long? Keyed(ReadOnlySpan<byte> content, ReadOnlySpan<byte> key)
    {
        while (!content.IsEmpty)
        {
            var line = NextLine(ref content);
            if (line.Length > key.Length + 1 && line[key.Length] == ' ' && line.StartsWith(key)) return Number(line[(key.Length + 1)..]);
        }

        return null;
    }

    /// <summary>The number of a file that holds one value; <c>max</c> is <see cref="long.MaxValue"/>.</summary>
    public static long? Single(ReadOnlySpan<byte> content)
    {
        var line = NextLine(ref content);
        return line.SequenceEqual("max"u8) ? long.MaxValue : Number(line);
    }

    /// <summary>The sum over all devices of one key of a nested keyed file (<c>io.stat</c>): <c>8:0 rbytes=1 wbytes=2 …</c>; null where no device has it.</summary>
    public static long? NestedSum(ReadOnlySpan<byte> content, ReadOnlySpan<byte> key)
    {
        long? sum = null;
        while (!content.IsEmpty)
        {
            var line = NextLine(ref content);
            while (!line.IsEmpty)
            {
                var end = line.IndexOf((byte)' ');
                var word = end < 0 ? line : line[..end];
                line = end < 0 ? default : line[(end + 1)..];
                if (word.Length <= key.Length || word[key.Length] != '=' || !word.StartsWith(key)) continue;
                if (Number(word[(key.Length + 1)..]) is { } value) sum = Add(sum ?? 0, value);
            }
        }

        return sum;
    }

    /// <summary>The <c>total</c> of one line of a pressure file (<c>some avg10=0.00 avg60=0.00 avg300=0.00 total=1</c>), nanoseconds; null where there is no such line.</summary>
    public static long? StallNs(ReadOnlySpan<byte> content, ReadOnlySpan<byte> kind)
    {
        while (!content.IsEmpty)
        {
            var line = NextLine(ref content);
            if (line.StartsWith(kind) && line.Length > kind.Length && line[kind.Length] == ' ') return UsecToNs(NestedSum(line, "total"u8));
        }

        return null;
    }

    /// <summary>Microseconds as nanoseconds, held at the type's end rather than wrapped.</summary>
    public static long? UsecToNs(long? usec) => usec is { } u ? (u > long.MaxValue / 1000 ? long.MaxValue : u * 1000) : null;

    private static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> content)
    {
        var end = content.IndexOf((byte)'\n');
        var line = end < 0 ? content : content[..end];
        content = end < 0 ? default : content[(end + 1)..];
        return line;
    }

    // The kernel's counters are unsigned 64 bits; one beyond a long can only be a sentinel, and stands at the long's end.
    private static long? Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out ulong value, out var used) && used == text.Length ? (long)Math.Min(value, long.MaxValue) : null;
}
