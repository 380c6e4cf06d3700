using Corral.Coordinator.Application;

namespace Corral.Coordinator.Grains;

/// <summary>What the watchers of a job may still want to see, in order: every durable event, and live ones as far as they fit.</summary>
internal sealed class WatchBuffer
{
    /// <summary>Live output beyond this is forgotten from the front: a watcher that is slower than the program misses some, and gets the kept output at the end.</summary>
    private const int MostBytes = 1 << 20;

    private readonly LinkedList<(long Position, JobEvent Happened)> _events = [];
    private long _next = 1;
    private int _bytes;

    /// <summary>The newest durable event.</summary>
    public long LastId { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>Adds what is new. False where a durable event is missing before one of them: nothing from there on is added.</summary>
    public bool Add(IReadOnlyList<JobEvent> events)
    {
        foreach (var happened in events)
        {
            if (happened.Id is { } id)
            {
                if (id <= LastId)
                    continue;
                if (id > LastId + 1)
                    return false;
                LastId = id;
            }

            Ended |= happened.Kind == JobEventKind.Ended;
            _events.AddLast((_next++, happened));
            _bytes += happened.Data?.Length ?? 0;
        }

        Shrink();
        return true;
    }

    /// <summary>Events after the position, without durable ones that were seen, and the position to go on from.</summary>
    public (List<JobEvent> Events, long Position) After(long position, long lastId)
    {
        var events = new List<JobEvent>();
        for (var node = _events.Last; node is not null && node.Value.Position > position; node = node.Previous)
        {
            if (node.Value.Happened.Id is not { } id || id > lastId)
                events.Add(node.Value.Happened);
        }

        events.Reverse();
        return (events, _next - 1);
    }

    private void Shrink()
    {
        for (var node = _events.First; node is not null && _bytes > MostBytes;)
        {
            var next = node.Next;
            if (node.Value.Happened.Data is { } data)
            {
                _bytes -= data.Length;
                _events.Remove(node);
            }

            node = next;
        }
    }
}
