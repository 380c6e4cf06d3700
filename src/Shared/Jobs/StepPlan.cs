namespace Corral.Shared.Jobs;

/// <summary>
/// What follows from the steps of a validated job alone: in which order they may start, what may run at once, and which workspaces there are.
/// <para>
/// Order: declared order, moved only as far as <see cref="StepSpec.Needs"/> demands (a stable topological sort). A step that is not
/// <see cref="StepSpec.Parallel"/> runs alone: after every step before it in that order, before every step after it. Consecutive parallel steps form a
/// <em>segment</em>; within it each starts when what it needs has Succeeded and it fits into the attempt's <see cref="Reservation"/> beside what runs.
/// </para>
/// </summary>
public sealed class StepPlan
{
    private StepPlan(int[] order, int[][] needs, int[] segmentOf, int[] levelOf, int[] workspaceOf, PlannedWorkspace[] workspaces)
    {
        Order = order;
        Needs = needs;
        SegmentOf = segmentOf;
        LevelOf = levelOf;
        WorkspaceOf = workspaceOf;
        Workspaces = workspaces;
    }

    /// <summary>Indexes of the steps in the order they may start.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>For each step: the indexes of the steps that must have Succeeded before it; the step whose workspace it reads is among them.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Needs { get; }

    /// <summary>For each step: the number of its segment, from 0, rising along <see cref="Order"/>. Segments run one after another.</summary>
    public IReadOnlyList<int> SegmentOf { get; }

    /// <summary>For each step: the length of the longest chain of needs that leads to it within its segment; steps of one level never wait for each other.</summary>
    public IReadOnlyList<int> LevelOf { get; }

    /// <summary>For each step: the place in <see cref="Workspaces"/> of what it finds at <c>/box</c>.</summary>
    public IReadOnlyList<int> WorkspaceOf { get; }

    /// <summary>The workspaces of the attempt.</summary>
    public IReadOnlyList<PlannedWorkspace> Workspaces { get; }

    /// <summary>Plans the steps of one job.</summary>
    /// <param name="steps">Validated: names are unique, references exist and do not form a cycle.</param>
    /// <exception cref="ArgumentException">A reference is unknown or cyclic: the job was not validated.</exception>
    public static StepPlan Of(IReadOnlyList<StepSpec> steps)
    {
        if (steps.Count == 1)
            return new StepPlan([0], [[]], [0], [0], [0], [new PlannedWorkspace(0, steps[0].Limits.ScratchBytes, steps[0].Limits.ScratchInodes, false, false)]);

        var needs = ResolveNeeds(steps);
        var order = Sort(needs);
        var segmentOf = new int[steps.Count];
        var levelOf = new int[steps.Count];
        var segment = -1;
        for (var i = 0; i < order.Length; i++)
        {
            var step = order[i];
            if (i == 0 || !steps[step].Parallel || !steps[order[i - 1]].Parallel)
                segment++;
            segmentOf[step] = segment;
            foreach (var need in needs[step])
            {
                if (segmentOf[need] == segment)
                    levelOf[step] = Math.Max(levelOf[step], levelOf[need] + 1);
            }
        }

        var (workspaceOf, workspaces) = PlanWorkspaces(steps, order);
        return new StepPlan(order, needs, segmentOf, levelOf, workspaceOf, workspaces);
    }

    private static int[][] ResolveNeeds(IReadOnlyList<StepSpec> steps)
    {
        var indexOf = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
            indexOf[steps[i].Name] = i;

        var needs = new int[steps.Count][];
        for (var i = 0; i < steps.Count; i++)
        {
            var of = steps[i].Needs is { } names ? names.Select(name => IndexOf(indexOf, name)).ToList() : i == 0 ? [] : [i - 1];
            if (steps[i].Workspace is { Kind: WorkspaceKind.From, From: { } from })
                of.Add(IndexOf(indexOf, from));
            needs[i] = [.. of.Distinct()];
        }

        return needs;
    }

    private static int IndexOf(Dictionary<string, int> indexOf, string name) =>
        indexOf.TryGetValue(name, out var index) ? index : throw new ArgumentException($"Planning failed: no step is named '{name}'. The job was not validated.", nameof(name));

    // Kahn's algorithm, always taking the earliest declared step that is free.
    private static int[] Sort(int[][] needs)
    {
        var waitsFor = new int[needs.Length];
        var followers = new List<int>[needs.Length];
        var free = new PriorityQueue<int, int>();
        for (var i = 0; i < needs.Length; i++)
        {
            waitsFor[i] = needs[i].Length;
            foreach (var need in needs[i])
                (followers[need] ??= []).Add(i);
            if (waitsFor[i] == 0)
                free.Enqueue(i, i);
        }

        var order = new int[needs.Length];
        var count = 0;
        while (free.TryDequeue(out var step, out _))
        {
            order[count++] = step;
            foreach (var follower in followers[step] ?? [])
            {
                if (--waitsFor[follower] == 0)
                    free.Enqueue(follower, follower);
            }
        }

        return count == order.Length ? order : throw new ArgumentException("Planning failed: the steps need each other in a circle. The job was not validated.", nameof(needs));
    }

    private static (int[] WorkspaceOf, PlannedWorkspace[] Workspaces) PlanWorkspaces(IReadOnlyList<StepSpec> steps, int[] order)
    {
        var workspaceOf = new int[steps.Count];
        var workspaces = new List<PlannedWorkspace>();
        var shared = -1;
        foreach (var index in order)
        {
            var step = steps[index];
            switch (step.Workspace.Kind)
            {
                case WorkspaceKind.From:
                    // Needs put the other step before this one, so its workspace is known.
                    var of = workspaceOf[IndexOf(steps, step.Workspace.From!)];
                    workspaces[of] = workspaces[of] with { OutlivesStep = true, Frozen = true };
                    workspaceOf[index] = of;
                    break;
                case WorkspaceKind.Shared when shared >= 0:
                    workspaces[shared] = workspaces[shared] with { OutlivesStep = true };
                    workspaceOf[index] = shared;
                    break;
                default:
                    workspaceOf[index] = workspaces.Count;
                    if (step.Workspace.Kind == WorkspaceKind.Shared)
                        shared = workspaces.Count;
                    workspaces.Add(new PlannedWorkspace(index, step.Limits.ScratchBytes, step.Limits.ScratchInodes, false, false));
                    break;
            }
        }

        return (workspaceOf, [.. workspaces]);
    }

    private static int IndexOf(IReadOnlyList<StepSpec> steps, string name)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Name == name)
                return i;
        }

        throw new ArgumentException($"Planning failed: no step is named '{name}'. The job was not validated.", nameof(name));
    }
}
