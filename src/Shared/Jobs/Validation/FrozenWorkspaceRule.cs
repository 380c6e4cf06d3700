namespace Corral.Shared.Jobs.Validation;

/// <summary>
/// A workspace that another step reads is frozen when the step it is taken from ends, and stays so: a step that runs later, or might, and asks for the
/// shared workspace read-write could not write into it. The kernel would refuse it (EROFS) in the middle of the run; here it is told before.
/// </summary>
internal static class FrozenWorkspaceRule
{
    public static void Check(IReadOnlyList<StepSpec> steps, StepPlan plan, ProblemList problems)
    {
        if (FreezingStep(steps, plan) is not { } freezing)
            return;
        var earlier = Ancestors(freezing, plan);
        for (var i = 0; i < steps.Count; i++)
        {
            // Segments run one after another; within one only needs say what is over.
            if (steps[i].Workspace.Kind != WorkspaceKind.Shared || i == freezing || earlier.Contains(i) || plan.SegmentOf[i] < plan.SegmentOf[freezing])
                continue;
            problems.Enter(i);
            problems.Add(ProblemCodes.WorkspaceFrozen, "workspace", $"The shared workspace is read-only once step {ProblemList.Quote(steps[freezing].Name)} has ended, because another step takes its workspace from there, and this step may run after that. Use workspace 'fresh' or {{\"from\": …}}, or let that step need this one.");
            problems.Leave();
        }
    }

    // The first, in the order of the plan, of the steps on the shared workspace that another takes its workspace from.
    private static int? FreezingStep(IReadOnlyList<StepSpec> steps, StepPlan plan)
    {
        var sources = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (step.Workspace is { Kind: WorkspaceKind.From, From: { } from })
                sources.Add(from);
        }

        if (sources.Count == 0)
            return null;
        foreach (var index in plan.Order)
        {
            if (steps[index].Workspace.Kind == WorkspaceKind.Shared && sources.Contains(steps[index].Name))
                return index;
        }

        return null;
    }

    private static HashSet<int> Ancestors(int step, StepPlan plan)
    {
        var found = new HashSet<int>();
        var open = new Stack<int>([step]);
        while (open.TryPop(out var next))
        {
            foreach (var need in plan.Needs[next])
            {
                if (found.Add(need))
                    open.Push(need);
            }
        }

        return found;
    }
}
