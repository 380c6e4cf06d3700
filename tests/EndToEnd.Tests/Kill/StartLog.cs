using System.Globalization;

namespace Corral.EndToEnd.Tests.Kill;

/// <summary>What the launcher wrote down of its own accord, apart from every book Corral keeps: when each step's sandbox began and when it was dead.</summary>
internal sealed class StartLog
{
    private StartLog(IReadOnlyList<Life> lives) => Lives = lives;

    /// <summary>One sandbox's life. <see cref="EndNs"/> is null where no end was written.</summary>
    internal sealed record Life(string Job, int Attempt, int Step, long StartNs, long? EndNs);

    /// <summary>Every sandbox that was given a step, by start.</summary>
    public IReadOnlyList<Life> Lives { get; }

    /// <summary>Reads lines <c>JOB/ATTEMPT STEP BOOTTIME_NS start|end</c>.</summary>
    public static StartLog Read(string file)
    {
        var open = new Dictionary<(string, int), Life>();
        var lives = new List<Life>();
        foreach (var line in File.ReadAllLines(file))
        {
            var parts = line.Split(' ');
            Assert.Equal(4, parts.Length);
            var slash = parts[0].IndexOf('/', StringComparison.Ordinal);
            var key = (parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
            var ns = long.Parse(parts[2], CultureInfo.InvariantCulture);
            if (parts[3] == "start")
            {
                Assert.False(open.ContainsKey(key), $"Step {key} was started again while it ran.");
                open[key] = new Life(parts[0][..slash], int.Parse(parts[0].AsSpan(slash + 1), CultureInfo.InvariantCulture), key.Item2, ns, null);
            }
            else
            {
                Assert.Equal("end", parts[3]);
                Assert.True(open.Remove(key, out var life), $"Step {key} ended without a start.");
                lives.Add(life with { EndNs = ns });
            }
        }

        lives.AddRange(open.Values);
        return new StartLog([.. lives.OrderBy(life => life.StartNs)]);
    }

    /// <summary>Whether a sandbox was alive at that moment.</summary>
    public bool RunsAt(long ns) => Lives.Any(life => life.StartNs < ns && (life.EndNs ?? long.MaxValue) > ns);

    /// <summary>The pairs of sandboxes of one job that were alive at the same time.</summary>
    public IEnumerable<(Life First, Life Second)> Overlaps() =>
        from lives in Lives.GroupBy(life => (life.Job, life.Step)).Select(same => same.OrderBy(life => life.StartNs).ToList())
        from pair in lives.Zip(lives.Skip(1))
        where (pair.First.EndNs ?? long.MaxValue) > pair.Second.StartNs
        select pair;
}
