using Corral.Bench.Report;

namespace Corral.Bench.Measure;

/// <summary>
/// Runs candidates in turn, A B C … A B C …, so that whatever else the machine does falls on all of them.
/// Every sample of every candidate begins after the same pause: a processor that has just slept wakes slower,
/// and a pool that refills between its samples would alone pay for that.
/// </summary>
internal sealed class Interleaved(BarReport report, int rounds, int blocks)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    public async Task<Dictionary<string, Samples>> RunAsync(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        var samples = candidates.ToDictionary(c => c.Name, c => new Samples(c.Name));
        foreach (var candidate in candidates)
        {
            for (var i = 0; i < 3; i++)
                await OnceAsync(candidate, cancellationToken);
        }
        for (var round = 0; round < rounds; round++)
        {
            for (var block = 0; block < blocks; block++)
            {
                foreach (var candidate in candidates)
                {
                    for (var i = 0; i < candidate.PerBlock; i++)
                    {
                        var took = await OnceAsync(candidate, cancellationToken);
                        samples[candidate.Name].Add(round, took);
                        report.Sample(candidate.Name, round, (block * candidate.PerBlock) + i, took, "ns");
                    }
                }
            }
        }
        foreach (var candidate in candidates)
            report.Note(samples[candidate.Name].ToString());
        return samples;
    }

    private static Task<long> OnceAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        candidate.Settle?.Invoke();
        Thread.Sleep(Pause);
        return candidate.RunOnce(cancellationToken);
    }
}
