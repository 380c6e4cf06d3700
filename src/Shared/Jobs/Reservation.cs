namespace Corral.Shared.Jobs;

/// <summary>
/// What an attempt reserves on its agent from placement to end. Memory: the most that steps which may run at once are allowed together, plus the size of
/// each workspace that outlives a step, because tmpfs pages stay charged to the agent when the group of the step that wrote them is gone.
/// Coordinator and agent compute it from the same specification, so it is never sent.
/// </summary>
/// <param name="Cpus">Processors.</param>
/// <param name="MemoryBytes">Bytes.</param>
public readonly record struct Reservation(double Cpus, long MemoryBytes)
{
    /// <summary>The reservation of a validated job.</summary>
    /// <param name="spec">The job.</param>
    public static Reservation Of(JobSpec spec) =>
        spec.Steps.Count == 1 ? new(spec.Steps[0].Limits.Cpus, spec.Steps[0].Limits.MemoryBytes) : Of(spec, StepPlan.Of(spec.Steps));

    /// <summary>The same, where the plan is at hand.</summary>
    /// <param name="spec">The job.</param>
    /// <param name="plan">The plan of its steps.</param>
    public static Reservation Of(JobSpec spec, StepPlan plan)
    {
        // Steps of one level of one segment never wait for each other, so their sum is what "all that may run at once" asks for; where levels of a
        // segment overlap in time, a step waits for room in the reservation instead of enlarging it.
        var together = new Dictionary<(int Segment, int Level), (double Cpus, long Memory)>();
        double cpus = 0;
        long memory = 0;
        for (var i = 0; i < spec.Steps.Count; i++)
        {
            var limits = spec.Steps[i].Limits;
            var key = (plan.SegmentOf[i], plan.LevelOf[i]);
            var (c, m) = together.GetValueOrDefault(key);
            together[key] = (c + limits.Cpus, m + limits.MemoryBytes);
            cpus = Math.Max(cpus, c + limits.Cpus);
            memory = Math.Max(memory, m + limits.MemoryBytes);
        }

        return new Reservation(cpus, memory + plan.Workspaces.Sum(workspace => workspace.OutlivesStep ? workspace.Bytes : 0));
    }
}
