namespace Corral.Grains.Tests;

/// <summary>
/// Where a test and its grains meet: cues that one side gives and the other awaits, and a record of what happened.
/// Grains get it through their constructor, so every test that uses it also proves constructor injection.
/// </summary>
internal sealed class Stage
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _given = [];
    private readonly List<(string Cue, int Count, TaskCompletionSource Waiter)> _waiters = [];
    private readonly List<string> _record = [];

    public void Give(string cue)
    {
        List<TaskCompletionSource> due;
        lock (_gate)
        {
            var count = _given[cue] = _given.GetValueOrDefault(cue) + 1;
            due = [.. _waiters.Where(waiter => waiter.Cue == cue && waiter.Count <= count).Select(waiter => waiter.Waiter)];
            _waiters.RemoveAll(waiter => due.Contains(waiter.Waiter));
        }

        foreach (var waiter in due) waiter.SetResult();
    }

    /// <summary>Done once the cue was given so many times; a cue that never comes fails the test by name.</summary>
    public async Task Await(string cue, int count = 1)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (_given.GetValueOrDefault(cue) >= count) return;
            waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((cue, count, waiter));
        }

        try
        {
            await waiter.Task.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            throw new InvalidOperationException($"Cue '{cue}' was awaited {count} times and given {Given(cue)} times; record: {string.Join(", ", Record(""))}.");
        }
    }

    public int Given(string cue)
    {
        lock (_gate) return _given.GetValueOrDefault(cue);
    }

    public void Note(string line)
    {
        lock (_gate) _record.Add(line);
    }

    /// <summary>What was noted under a prefix, in order.</summary>
    public string[] Record(string prefix)
    {
        lock (_gate) return [.. _record.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];
    }
}
