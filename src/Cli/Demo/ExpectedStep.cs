using Corral.Cli.Client;
using Corral.Shared.Jobs;

namespace Corral.Cli.Demo;

/// <summary>What a step of the demo must come to: the verdict and every fact that it names.</summary>
/// <param name="Name">The step.</param>
/// <param name="Verdict">Why it ends.</param>
internal sealed record ExpectedStep(string Name, Verdict Verdict = Verdict.Succeeded)
{
    public int? ExitCode { get; init; }
    public int? Signal { get; init; }
    public bool? OutputMatches { get; init; }
    public bool PidsLimitHit { get; init; }
    public bool OomKilled { get; init; }

    /// <summary>A sentence for each difference.</summary>
    public IEnumerable<string> Compare(StepAnswer? step)
    {
        if (step is null)
        {
            yield return $"{Name}: there is no such step in the answer";
            yield break;
        }

        var facts = step.Facts;
        (string What, object? Expected, object? Seen)[] pairs =
        [
            ("verdict", Verdict, step.Verdict),
            ("exit code", ExitCode, facts.ExitCode),
            // Where Corral ends a step, its verdict says all; which signal it took is no promise.
            ("signal", Signal, Verdict is Verdict.Succeeded or Verdict.NonZeroExit or Verdict.Signalled ? facts.Signal : null),
            ("outputMatches", OutputMatches, facts.OutputMatches),
            ("pidsLimitHit", PidsLimitHit, facts.PidsLimitHit),
            ("an OOM kill", OomKilled, facts.OomKills > 0),
            ("a usage record", true, step.Usage is not null),
        ];
        foreach (var (what, expected, seen) in pairs)
        {
            if (!Equals(expected, seen))
                yield return $"{Name}: expected {what} {expected ?? "none"}, saw {seen ?? "none"}{(facts.Detail is { } detail ? $" ({detail})" : "")}";
        }
    }
}
