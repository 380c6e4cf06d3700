using Corral.Shared.Jobs;

namespace Corral.Coordinator.Scheduling;

/// <summary>
/// The jobs of a pool that wait, in their order: higher priority first, then by submission. Kept by shape (jobs that ask for the same room), each shape in
/// order, so that a plan looks at one job of a shape that fits nowhere, not at ten thousand.
/// </summary>
internal sealed class PendingQueue
{
    private readonly Dictionary<Demand, SortedSet<QueuedJob>> _shapes = [];
    private readonly Dictionary<JobId, QueuedJob> _jobs = [];

    public int Count => _jobs.Count;

    public bool Add(QueuedJob job)
    {
        if (!_jobs.TryAdd(job.Id, job))
            return false;
        if (!_shapes.TryGetValue(job.Demand, out var shape))
            _shapes.Add(job.Demand, shape = new SortedSet<QueuedJob>(Order.Instance));
        return shape.Add(job);
    }

    public bool Remove(JobId id)
    {
        if (!_jobs.Remove(id, out var job))
            return false;
        var shape = _shapes[job.Demand];
        shape.Remove(job);
        if (shape.Count == 0)
            _shapes.Remove(job.Demand);
        return true;
    }

    public QueuedJob? Find(JobId id) => _jobs.GetValueOrDefault(id);

    /// <summary>Every job in order. While it is walked, <paramref name="skipShape"/> may grow by shapes of which no more is to be seen.</summary>
    public IEnumerable<QueuedJob> InOrder(HashSet<Demand> skipShape)
    {
        var heads = new PriorityQueue<IEnumerator<QueuedJob>, QueuedJob>(Order.Instance);
        foreach (var shape in _shapes.Values)
        {
            var walk = shape.GetEnumerator();
            if (walk.MoveNext())
                heads.Enqueue(walk, walk.Current);
        }

        while (heads.TryDequeue(out var walk, out var job))
        {
            yield return job;
            if (!skipShape.Contains(job.Demand) && walk.MoveNext())
                heads.Enqueue(walk, walk.Current);
        }
    }

    /// <summary>Higher priority first, then the earlier id: ids sort by submission.</summary>
    internal sealed class Order : IComparer<QueuedJob>
    {
        public static Order Instance { get; } = new();

        public int Compare(QueuedJob? x, QueuedJob? y)
        {
            var byPriority = y!.Priority.CompareTo(x!.Priority);
            return byPriority != 0 ? byPriority : x.Id.CompareTo(y.Id);
        }
    }
}
