namespace Corral.Shared.Jobs;

/// <summary>What stdout should be. It gives the fact <see cref="StepFacts.OutputMatches"/>, never a verdict.</summary>
/// <param name="Mode">How the two are compared.</param>
/// <param name="Content">The expected bytes.</param>
/// <param name="Tolerance">With <see cref="ExpectMode.Float"/>: the absolute or relative difference allowed for a number, 0–1, default 1e-6.</param>
public sealed record Expectation(ExpectMode Mode, Content Content, double Tolerance = 1e-6);
