namespace Corral.Coordinator.Application;

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">The cursor of the next page; null on the last.</param>
internal sealed record JobPage(IReadOnlyList<JobSummary> Jobs, string? Next);
