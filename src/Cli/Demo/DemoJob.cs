using Corral.Shared.Jobs;

namespace Corral.Cli.Demo;

/// <summary>A job of the demo and what it must come to.</summary>
/// <param name="Title">What the table calls it.</param>
/// <param name="Spec">The job.</param>
/// <param name="Expected">Its steps, in declared order.</param>
internal sealed record DemoJob(string Title, JobSpec Spec, IReadOnlyList<ExpectedStep> Expected);
