using System.Diagnostics;
using Corral.Bench.Report;

namespace Corral.Bench.Measure;

/// <summary>How many a second, several at a time: the median of the interleaved rounds.</summary>
internal sealed class Throughput(BarReport report, int rounds, int atOnce, TimeSpan span)
{
    public Dictionary<string, double> Run(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var rates = candidates.ToDictionary(c => c.Name, _ => new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var candidate in candidates)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rate = Measure(candidate);
                rates[candidate.Name].Add(rate);
                report.Sample($"{candidate.Name}-x{atOnce}", round, 0, rate, "1/s");
            }
        }
        var medians = new Dictionary<string, double>();
        foreach (var (name, values) in rates)
        {
            values.Sort();
            medians[name] = values[values.Count / 2];
            report.Note($"{name,-34} x{atOnce}: median {values[values.Count / 2]:F0}/s, best {values[^1]:F0}/s");
        }
        return medians;
    }

    private double Measure(Candidate candidate)
    {
        candidate.Settle?.Invoke();
        var done = 0;
        var end = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);
        Exception? failure = null;
        var began = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, atOnce).Select(_ => new Thread(() =>
        {
            try
            {
                while (Stopwatch.GetTimestamp() < end)
                {
                    candidate.RunOnce();
                    Interlocked.Increment(ref done);
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        if (failure is not null)
            throw new InvalidOperationException($"'{candidate.Name}' failed at {atOnce} at a time.", failure);
        return done / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
