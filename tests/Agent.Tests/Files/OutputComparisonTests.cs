using System.Text;
using Corral.Agent.Files;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Files;

public sealed class OutputComparisonTests
{
    private static bool Matches(string actual, string expected, ExpectMode mode, double tolerance = 1e-6) =>
        OutputComparison.Matches(new TricklingStream(actual), new TricklingStream(expected), mode, tolerance);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("a\n", "a\n", true)]
    [InlineData("a\n", "a", false)]
    [InlineData("a", "b", false)]
    [InlineData("ab", "a", false)]
    public void Exact_is_byte_for_byte(string actual, string expected, bool same) => Assert.Equal(same, Matches(actual, expected, ExpectMode.Exact));

    [Theory]
    [InlineData("1 2 3\n", "1\n2\t3", true)]
    [InlineData("  1 2 3 \n\n", "1 2 3", true)]
    [InlineData("", " \r\n", true)]
    [InlineData("1 2", "1 2 3", false)]
    [InlineData("1 2 3", "1 2", false)]
    [InlineData("12 3", "1 23", false)]
    [InlineData("1.0", "1", false)]
    public void Tokens_ignore_white_space_and_nothing_else(string actual, string expected, bool same) => Assert.Equal(same, Matches(actual, expected, ExpectMode.Tokens));

    [Theory]
    [InlineData("1.0000001", "1", 1e-6, true)]
    [InlineData("1.1", "1", 1e-6, false)]
    [InlineData("1000001", "1000000", 1e-6, true)]
    [InlineData("0.0000001", "0", 1e-6, true)]
    [InlineData("1e3 yes", "1000 yes", 0, true)]
    [InlineData("1e3 yes", "1000 no", 1, false)]
    [InlineData("nan", "1", 1, false)]
    [InlineData("inf", "1", 1, false)]
    [InlineData("1,0", "1.0", 1e-6, false)]
    [InlineData("-0", "0", 0, true)]
    public void Float_allows_the_tolerance_for_numbers_and_nothing_for_words(string actual, string expected, double tolerance, bool same) =>
        Assert.Equal(same, Matches(actual, expected, ExpectMode.Float, tolerance));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Tokens_longer_than_the_buffer_are_compared_whole(int beyond)
    {
        var token = new string('x', (32 << 10) + beyond);

        Assert.True(Matches(token + " end", token + "\nend", ExpectMode.Tokens));
        Assert.False(Matches(token + " end", token + "end", ExpectMode.Tokens));
        Assert.False(Matches(token + " ", token + "y ", ExpectMode.Tokens));
        Assert.True(Matches(token, token, ExpectMode.Tokens));
    }

    [Fact]
    public void Any_cutting_into_reads_gives_the_answer_of_a_simple_split()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 2000; round++)
        {
            var (a, b) = (Text(random), Text(random));
            Assert.Equal(Split(a).SequenceEqual(Split(b)), Matches(a, b, ExpectMode.Tokens));
            Assert.True(Matches(a, string.Join("\r\n", Split(a)), ExpectMode.Tokens));
        }
    }

    private static string[] Split(string text) => text.Split([' ', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static string Text(Random random) => new([.. Enumerable.Range(0, random.Next(12)).Select(_ => "ab \n\t"[random.Next(5)])]);

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class TricklingStream(string text) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        private int _reads;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1 + (_reads++ % 4096)));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 1 + (_reads++ % 4096))]);
    }
}
