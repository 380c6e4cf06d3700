namespace Corral.Bench.Measure;

/// <summary>What one candidate took, in nanoseconds, by round.</summary>
internal sealed class Samples(string name)
{
    private readonly List<List<long>> _rounds = [];

    public string Name { get; } = name;

    public IReadOnlyList<IReadOnlyList<long>> Rounds => _rounds;

    public int Count => _rounds.Sum(r => r.Count);

    public void Add(int round, long nanoseconds)
    {
        while (_rounds.Count <= round)
            _rounds.Add([]);
        _rounds[round].Add(nanoseconds);
    }

    /// <summary>The median of all rounds together.</summary>
    public double Median => Quantile([.. _rounds.SelectMany(r => r)], 0.5);

    public double Minimum => _rounds.SelectMany(r => r).Min();

    /// <summary>The 99th percentile of the best round: the others carry what else the machine did.</summary>
    public double BestP99 => _rounds.Where(r => r.Count > 0).Min(r => Quantile([.. r], 0.99));

    /// <summary>The smallest value that at least <paramref name="q"/> of the samples do not exceed (nearest rank).</summary>
    public static double Quantile(long[] values, double q)
    {
        ArgumentOutOfRangeException.ThrowIfZero(values.Length);
        Array.Sort(values);
        return values[Math.Clamp((int)Math.Ceiling(q * values.Length) - 1, 0, values.Length - 1)];
    }

    public override string ToString() =>
        $"{Name,-34} n {Count,5}  min {Minimum / 1000,8:F0}  p50 {Median / 1000,8:F0}  p99 {BestP99 / 1000,8:F0} us";
}
