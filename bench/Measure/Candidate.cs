namespace Corral.Bench.Measure;

/// <summary>One way to run a program.</summary>
/// <param name="Name">The row of the raw file.</param>
/// <param name="RunOnce">Runs it once, cleans up, and returns nanoseconds until the exit status was known.</param>
/// <param name="Settle">Waits until a sample may begin: a pool that is full again.</param>
/// <param name="PerBlock">Samples in a row before the next candidate's turn; slow ones take fewer.</param>
internal sealed record Candidate(string Name, Func<CancellationToken, Task<long>> RunOnce, Action? Settle = null, int PerBlock = 10);
