namespace Corral.Shared.Jobs.Validation;

/// <summary>Finds every step that waits for itself by way of others: the strongly connected components of more than one step, by Tarjan's algorithm with its own stack, because a hostile chain is as long as the list.</summary>
internal static class StepCircles
{
    public static bool None(IReadOnlyList<StepSpec> steps, ProblemList problems)
    {
        var needs = Edges(steps);
        var componentOf = Components(needs);
        var members = new int[steps.Count];
        foreach (var component in componentOf)
            members[component]++;
        if (Array.TrueForAll(members, count => count <= 1))
            return true;

        for (var i = 0; i < steps.Count; i++)
        {
            if (members[componentOf[i]] <= 1)
                continue;
            var circle = string.Join(", ", Enumerable.Range(0, steps.Count).Where(other => componentOf[other] == componentOf[i]).Take(8).Select(other => ProblemList.Quote(steps[other].Name)));
            var viaWorkspace = steps[i].Workspace is { Kind: WorkspaceKind.From } && !(steps[i].Needs ?? []).Any(name => Enumerable.Range(0, steps.Count).Any(other => steps[other].Name == name && componentOf[other] == componentOf[i]));
            problems.Enter(i);
            problems.Enter(viaWorkspace ? "workspace" : "needs");
            problems.Add(ProblemCodes.CyclicNeeds, $"The steps {circle} wait for each other in a circle (a step without 'needs' waits for the one before it). Remove one of these needs.");
            problems.Leave();
            problems.Leave();
        }

        return false;
    }

    private static int[][] Edges(IReadOnlyList<StepSpec> steps)
    {
        var indexOf = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
            indexOf[steps[i].Name] = i;
        var edges = new int[steps.Count][];
        for (var i = 0; i < steps.Count; i++)
        {
            var needed = steps[i].Needs is { } names ? names.Select(name => indexOf[name]) : i > 0 ? [i - 1] : [];
            edges[i] = steps[i].Workspace is { Kind: WorkspaceKind.From, From: { } from } ? [.. needed, indexOf[from]] : [.. needed];
        }

        return edges;
    }

    private static int[] Components(int[][] edges)
    {
        const int Unseen = -1;
        var count = edges.Length;
        var (order, low, componentOf, nextEdge) = (new int[count], new int[count], new int[count], new int[count]);
        Array.Fill(order, Unseen);
        Array.Fill(componentOf, Unseen);
        var (open, walk) = (new Stack<int>(), new Stack<int>());
        var (clock, components) = (0, 0);
        for (var root = 0; root < count; root++)
        {
            if (order[root] != Unseen)
                continue;
            walk.Push(root);
            while (walk.TryPeek(out var node))
            {
                if (order[node] == Unseen)
                {
                    order[node] = low[node] = clock++;
                    open.Push(node);
                }

                if (nextEdge[node] < edges[node].Length)
                {
                    var target = edges[node][nextEdge[node]++];
                    if (order[target] == Unseen)
                        walk.Push(target);
                    else if (componentOf[target] == Unseen)
                        low[node] = Math.Min(low[node], order[target]);
                    continue;
                }

                walk.Pop();
                if (walk.TryPeek(out var parent))
                    low[parent] = Math.Min(low[parent], low[node]);
                if (low[node] != order[node])
                    continue;
                int member;
                do
                {
                    member = open.Pop();
                    componentOf[member] = components;
                }
                while (member != node);
                components++;
            }
        }

        return componentOf;
    }
}
