using System.Globalization;
using System.Text;

namespace Corral.Cli.Demo;

/// <summary>The problem of the judge's day: count the pairs that stand in the wrong order. Its tests are the same on every run.</summary>
/// <param name="Input">The length, then the numbers.</param>
/// <param name="Answer">The count.</param>
internal sealed record Inversions(string Input, string Answer)
{
    /// <summary>Test n of the twenty: longer with n, the last one long enough for a square-time solution to fail.</summary>
    public static Inversions Test(int n)
    {
        var random = new Random(n);
        var numbers = new int[n * n * 10];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = random.Next(1_000);
        return Of(numbers);
    }

    /// <summary>A falling sequence: every pair counts, and from 65,537 numbers on the count needs more than 31 bits.</summary>
    public static Inversions Falling(int length) => Of([.. Enumerable.Range(1, length).Reverse()]);

    private static Inversions Of(int[] numbers)
    {
        var input = new StringBuilder().Append(numbers.Length);
        foreach (var number in numbers)
            input.Append(' ').Append(number);
        return new Inversions(input.ToString(), Count(numbers).ToString(CultureInfo.InvariantCulture));
    }

    // A Fenwick tree over the values, another way than the tested solutions go.
    private static long Count(int[] numbers)
    {
        var tree = new long[numbers.Max() + 2];
        var pairs = 0L;
        for (var i = numbers.Length - 1; i >= 0; i--)
        {
            for (var smaller = numbers[i]; smaller > 0; smaller &= smaller - 1)
                pairs += tree[smaller];
            for (var at = numbers[i] + 1; at < tree.Length; at += at & -at)
                tree[at]++;
        }

        return pairs;
    }
}
