using System.Collections.Concurrent;
using System.Globalization;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>
/// What memory.oom.group does on cgroup2, for v1: when the out-of-memory killer ends one process of a group, the whole group is killed.
/// </summary>
/// <remarks>
/// v1 signals an eventfd registered through cgroup.event_control just before it kills, and also when the group is removed, and in every
/// group beneath one that runs out. So a signal is only a reason to look: the group is killed once its own oom_kill has risen.
/// https://docs.kernel.org/admin-guide/cgroup-v1/memory.html#oom-control
/// </remarks>
internal sealed class OomWatch : IDisposable
{
    // From signal to count the kernel picks and kills a victim, which takes well under a millisecond; a signal that was not meant for
    // this group (an ancestor ran out) is dropped after this many looks, a millisecond apart.
    private const int MostLooks = 200;

    private readonly Epoll epoll = new();
    private readonly SafeFileHandle stop = FileCalls.EventCounter();
    private readonly ConcurrentDictionary<long, Entry> entries = new();
    private readonly ConcurrentDictionary<HybridSandboxGroup, long> tokens = new();
    private readonly Thread thread;
    private long lastToken;

    public OomWatch()
    {
        epoll.Add(stop, EpollEvent.In, token: 0);
        thread = new Thread(Run) { IsBackground = true, Name = "oom watch" };
        thread.Start();
    }

    /// <summary>Watches a group until it is removed from here; one that has lost a process already is killed at once.</summary>
    public void Add(HybridSandboxGroup group, GroupDirectory memory)
    {
        var signal = FileCalls.EventCounter();
        try
        {
            using var control = memory.OpenFile("memory.oom_control", OpenFlags.ReadOnly);
            var registration = string.Create(CultureInfo.InvariantCulture, $"{signal.DangerousGetHandle()} {control.DangerousGetHandle()}");
            memory.Write(SandboxStep.WatchOom, "cgroup.event_control", registration);
            var token = Interlocked.Increment(ref lastToken);
            entries[token] = new Entry(group, signal);
            tokens[group] = token;
            epoll.Add(signal, EpollEvent.In | EpollEvent.EdgeTriggered, token);
        }
        catch
        {
            signal.Dispose();
            throw;
        }

        if (group.OomKills > 0) group.Kill();
    }

    /// <summary>Forgets a group; closing the eventfd takes it out of the kernel's list and of epoll.</summary>
    public void Remove(HybridSandboxGroup group)
    {
        if (tokens.TryRemove(group, out var token) && entries.TryRemove(token, out var entry)) entry.Signal.Dispose();
    }

    public void Dispose()
    {
        FileCalls.TryWrite(stop, BitConverter.GetBytes(1L));
        thread.Join();
        foreach (var group in tokens.Keys) Remove(group);
        stop.Dispose();
        epoll.Dispose();
    }

    private void Run()
    {
        var events = new EpollEvent[32];
        var looking = new Dictionary<long, int>();
        while (true)
        {
            var count = epoll.Wait(events, looking.Count == 0 ? -1 : 1);
            for (var i = 0; i < count; i++)
            {
                if (events[i].Token == 0) return;
                looking[events[i].Token] = 0;
            }

            foreach (var token in looking.Keys.ToArray())
            {
                if (!Look(token) && ++looking[token] < MostLooks) continue;
                looking.Remove(token);
            }
        }
    }

    // True when there is nothing more to look for.
    private bool Look(long token)
    {
        if (!entries.TryGetValue(token, out var entry)) return true;
        try
        {
            if (entry.Group.OomKills == 0) return false;
            entry.Group.Kill();
            return true;
        }
        catch (Exception e) when (e is SandboxException or ObjectDisposedException)
        {
            return true; // removed, or closed by its owner, meanwhile
        }
    }

    private sealed record Entry(HybridSandboxGroup Group, SafeFileHandle Signal);
}
