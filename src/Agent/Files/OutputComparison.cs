using System.Globalization;
using System.Text;
using Corral.Shared.Jobs;

namespace Corral.Agent.Files;

/// <summary>Compares what a step wrote with what was expected, both as streams: neither is ever whole in memory.</summary>
internal static class OutputComparison
{
    private const int BufferBytes = 32 << 10;

    /// <summary>Whether the two are the same as the mode understands it.</summary>
    public static bool Matches(Stream actual, Stream expected, ExpectMode mode, double tolerance) => mode switch
    {
        ExpectMode.Exact => MatchesExactly(actual, expected),
        ExpectMode.Tokens => MatchTokens(actual, expected, static (a, b, _) => a.SequenceEqual(b), 0),
        ExpectMode.Float => MatchTokens(actual, expected, IsClose, tolerance),
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "A validated job has a mode."),
    };

    private static bool MatchesExactly(Stream actual, Stream expected)
    {
        var (a, b) = (new byte[BufferBytes], new byte[BufferBytes]);
        while (true)
        {
            var read = actual.ReadAtLeast(a, BufferBytes, throwOnEndOfStream: false);
            if (read != expected.ReadAtLeast(b, BufferBytes, throwOnEndOfStream: false) || !a.AsSpan(0, read).SequenceEqual(b.AsSpan(0, read)))
                return false;
            if (read < BufferBytes)
                return true;
        }
    }

    private static bool MatchTokens(Stream actual, Stream expected, TokenComparison same, double tolerance)
    {
        var (a, b) = (new TokenReader(actual, BufferBytes), new TokenReader(expected, BufferBytes));
        while (true)
        {
            var (moreA, moreB) = (a.Next(), b.Next());
            if (!moreA || !moreB)
                return moreA == moreB;
            // A token longer than the buffer comes in pieces, cut at the same length on both sides.
            if (a.IsContinuation != b.IsContinuation || !same(a.Token, b.Token, tolerance))
                return false;
        }
    }

    // Absolute or relative, whichever is kinder, as judges do: |a - b| <= tolerance * max(1, |b|).
    private static bool IsClose(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> expected, double tolerance)
    {
        if (actual.SequenceEqual(expected))
            return true;
        return TryNumber(actual, out var a) && TryNumber(expected, out var b) && Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(b));
    }

    private static bool TryNumber(ReadOnlySpan<byte> token, out double number) =>
        double.TryParse(Encoding.Latin1.GetString(token), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);

    private delegate bool TokenComparison(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> expected, double tolerance);
}
