namespace Corral.Shared.Jobs.Validation;

/// <summary>One thing wrong with what a caller sent.</summary>
/// <param name="Code">Stable, snake case, one of <see cref="ProblemCodes"/>; programs branch on it.</param>
/// <param name="Field">Where: a path such as <c>steps[0].limits.memoryBytes</c>; empty for the whole document.</param>
/// <param name="Message">A full sentence for people: what is wrong with which value, and the remedy.</param>
public sealed record Problem(string Code, string Field, string Message);
