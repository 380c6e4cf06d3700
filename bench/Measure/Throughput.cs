using System.Diagnostics;
using Corral.Bench.Report;

namespace Corral.Bench.Measure;

/// <summary>How many a second, several at a time: the median of the interleaved rounds.</summary>
internal sealed class Throughput(BarReport report, int rounds, int atOnce, TimeSpan span)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public async Task<Dictionary<string, double>> RunAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var rates = candidates.ToDictionary(c => c.Name, _ => new List<double>());
        // Not measured: the JIT takes a fifth of the processors while the code is young, and a service is not.
        foreach (var candidate in candidates)
            await MeasureAsync(candidate, WarmUp, cancellationToken);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var candidate in candidates)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var rate = await MeasureAsync(candidate, span, cancellationToken);
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

    private async Task<double> MeasureAsync(Candidate candidate, TimeSpan span, CancellationToken cancellationToken)
    {
        candidate.Settle?.Invoke();
        var done = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(began) < span)
            {
                await candidate.RunOnce(cancellationToken);
                Interlocked.Increment(ref done);
            }
        }, cancellationToken)));
        return done / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
