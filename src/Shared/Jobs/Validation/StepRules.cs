namespace Corral.Shared.Jobs.Validation;

/// <summary>What the steps of one job must be to each other: distinct names, references that exist and form no circle, no writer into a frozen workspace, and a reservation that the operator allows.</summary>
internal static class StepRules
{
    public static void Check(IReadOnlyList<StepSpec> steps, JobRules rules, ProblemList problems)
    {
        problems.Enter("steps");
        // Most jobs are one step that refers to nothing.
        if (steps is [{ Needs: null or { Count: 0 }, Workspace.Kind: not WorkspaceKind.From }])
            CheckReservation(new Reservation(steps[0].Limits.Cpus, steps[0].Limits.MemoryBytes), rules, problems);
        else if (ReferencesHold(steps, problems) && StepCircles.None(steps, problems))
        {
            var plan = StepPlan.Of(steps);
            FrozenWorkspaceRule.Check(steps, plan, problems);
            CheckReservation(Reservation.Of(new JobSpec { Tenant = "", Steps = steps }, plan), rules, problems);
        }

        problems.Leave();
    }

    private static bool ReferencesHold(IReadOnlyList<StepSpec> steps, ProblemList problems)
    {
        var before = problems.Problems.Count;
        var indexOf = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        var allNamed = true;
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Name.Length == 0)
                allNamed = false;
            else if (!indexOf.TryAdd(steps[i].Name, i))
                AddAt(problems, i, "name", ProblemCodes.DuplicateStep, $"The name {ProblemList.Quote(steps[i].Name)} is that of steps[{indexOf[steps[i].Name]}] too. Give each step a name of its own.");
        }

        for (var i = 0; i < steps.Count && !problems.IsFull; i++)
        {
            CheckNeeds(steps[i], i, indexOf, allNamed, problems);
            if (steps[i].Workspace is { Kind: WorkspaceKind.From, From: { } from })
            {
                problems.Enter(i);
                problems.Enter("workspace");
                problems.Enter("from");
                CheckReference(steps[i], from, indexOf, allNamed, problems);
                problems.Leave();
                problems.Leave();
                problems.Leave();
            }
        }

        // A name that could not be read makes the rest unknowable; its own problem is told already.
        return allNamed && problems.Problems.Count == before && !steps.Any(step => step.Needs?.Contains(StepSchema.Unreadable) == true);
    }

    private static void CheckNeeds(StepSpec step, int index, Dictionary<string, int> indexOf, bool allNamed, ProblemList problems)
    {
        if (step.Needs is not { Count: > 0 } needs)
            return;
        problems.Enter(index);
        problems.Enter("needs");
        var seen = new HashSet<string>(needs.Count, StringComparer.Ordinal);
        for (var n = 0; n < needs.Count; n++)
        {
            problems.Enter(n);
            if (!seen.Add(needs[n]) && needs[n] != StepSchema.Unreadable)
                problems.Add(ProblemCodes.DuplicateEntry, $"The step {ProblemList.Quote(needs[n])} is listed twice. List it once.");
            else
                CheckReference(step, needs[n], indexOf, allNamed, problems);
            problems.Leave();
        }

        problems.Leave();
        problems.Leave();
    }

    private static void CheckReference(StepSpec step, string name, Dictionary<string, int> indexOf, bool allNamed, ProblemList problems)
    {
        if (name == step.Name)
            problems.Add(ProblemCodes.NeedsItself, $"The step {ProblemList.Quote(name)} waits for itself. Name another step, or none.");
        else if (allNamed && name != StepSchema.Unreadable && !indexOf.ContainsKey(name))
            problems.Add(ProblemCodes.UnknownStep, $"The job has no step {ProblemList.Quote(name)}. Name one of its steps, such as {ProblemList.Quote(indexOf.Keys.FirstOrDefault() ?? "")}.");
    }

    private static void CheckReservation(Reservation reservation, JobRules rules, ProblemList problems)
    {
        if (reservation.Cpus > rules.MaxReservedCpus)
            problems.Add(ProblemCodes.SumTooLarge, $"An attempt would reserve {reservation.Cpus} cpus, its parallel steps added up, more than the {rules.MaxReservedCpus} allowed. Lower 'cpus' or let fewer steps be parallel.");
        if (reservation.MemoryBytes > rules.MaxReservedMemoryBytes)
            problems.Add(ProblemCodes.SumTooLarge, $"An attempt would reserve {reservation.MemoryBytes} bytes of memory, its parallel steps and shared workspaces added up, more than the {rules.MaxReservedMemoryBytes} allowed. Lower 'memoryBytes' or 'scratchBytes', or let fewer steps be parallel.");
    }

    private static void AddAt(ProblemList problems, int index, string field, string code, string message)
    {
        problems.Enter(index);
        problems.Add(code, field, message);
        problems.Leave();
    }
}
