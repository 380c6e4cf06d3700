using System.Threading.Channels;
using Corral.Agent.Cgroups;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Sandbox;

/// <summary>Removes the groups of dead sandboxes, in the background: the kernel holds one in ten busy for a moment after its last process is gone.</summary>
internal sealed partial class GroupRemover : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<SandboxGroup> _queue = Channel.CreateUnbounded<SandboxGroup>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Task _work;

    public GroupRemover(ILogger logger, TimeProvider time)
    {
        _logger = logger;
        _time = time;
        _work = Task.Run(RunAsync);
    }

    /// <summary>Takes a group over; it is disposed once it is gone, which nine times in ten is at once.</summary>
    public void Add(SandboxGroup group)
    {
        if (!IsGone(group) && !_queue.Writer.TryWrite(group)) group.Dispose();
    }

    /// <summary>Ends when all that were added are gone, or have outlasted all patience.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _work;
    }

    private async Task RunAsync()
    {
        var busy = new List<(SandboxGroup Group, long Since)>();
        while (busy.Count > 0 || await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var group))
            {
                if (!IsGone(group)) busy.Add((group, _time.GetTimestamp()));
            }

            if (busy.Count == 0) continue;
            await Task.Delay(Pause, _time);
            busy.RemoveAll(b => IsGone(b.Group) || IsHopeless(b.Group, b.Since));
        }
    }

    private bool IsGone(SandboxGroup group)
    {
        try
        {
            if (!group.TryRemove()) return false;
        }
        catch (SandboxException e)
        {
            Log.RemoveFailed(_logger, group.Name, e);
        }

        group.Dispose();
        return true;
    }

    private bool IsHopeless(SandboxGroup group, long since)
    {
        if (_time.GetElapsedTime(since) < Patience) return false;
        Log.StillBusy(_logger, group.Name, Patience.TotalSeconds);
        group.Dispose();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(3010, LogLevel.Warning, "Removing the group {Group} failed; the sweep at the agent's next start tries again.")]
        public static partial void RemoveFailed(ILogger logger, string group, Exception exception);

        [LoggerMessage(3011, LogLevel.Warning, "The group {Group} is still busy {Seconds} s after its last process ended; the sweep at the agent's next start tries again.")]
        public static partial void StillBusy(ILogger logger, string group, double seconds);
    }
}
