using System.Buffers.Text;
using Corral.Agent.Cgroups;
using Corral.Bench.Interop;

namespace Corral.Bench.Fixtures;

/// <summary>cpu.stat of a group without the cpu controller: usage_usec, user_usec and system_usec come first.</summary>
internal static class CpuStat
{
    public static GroupCounters Read(string path)
    {
        Span<byte> text = stackalloc byte[1024];
        using var file = Libc.OpenFile(path, Libc.ReadOnly);
        text = text[..RandomAccess.Read(file, text, 0)];
        return new GroupCounters
        {
            CpuNs = Microseconds(text, "usage_usec "u8) * 1000,
            CpuUserNs = Microseconds(text, "user_usec "u8) * 1000,
            CpuSystemNs = Microseconds(text, "system_usec "u8) * 1000,
        };
    }

    private static long Microseconds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        var at = text.IndexOf(key);
        return at >= 0 && Utf8Parser.TryParse(text[(at + key.Length)..], out long value, out _)
            ? value
            : throw new InvalidDataException("cpu.stat lacks a counter that every kernel since 4.15 prints.");
    }
}
