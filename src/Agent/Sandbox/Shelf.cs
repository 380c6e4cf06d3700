namespace Corral.Agent.Sandbox;

/// <summary>The warm sandboxes of one image, those under way, and who waits for them.</summary>
internal sealed class Shelf(SandboxImage image)
{
    private readonly Lock _lock = new();
    private readonly Queue<LiveSandbox> _ready = new();
    private readonly Queue<TaskCompletionSource<LiveSandbox>> _waiting = new();
    private int _underWay;
    private long _notBefore;

    public SandboxImage Image { get; } = image;

    public int ReadyCount
    {
        get
        {
            lock (_lock) return _ready.Count(s => !s.IsDead);
        }
    }

    /// <summary>A sandbox at once, else a promise of one; <c>Make</c> says that the caller is to have one made.</summary>
    public (LiveSandbox? Sandbox, TaskCompletionSource<LiveSandbox>? Waiter, bool Make) Take()
    {
        lock (_lock)
        {
            while (_ready.TryDequeue(out var sandbox))
            {
                if (!sandbox.IsDead) return (sandbox, null, false);
            }

            var waiter = new TaskCompletionSource<LiveSandbox>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter);
            var make = _underWay < _waiting.Count;
            if (make) _underWay++;
            return (null, waiter, make);
        }
    }

    /// <summary>Counts one more as under way where fewer than <paramref name="wanted"/> are ready or will be.</summary>
    public bool TryPlan(int wanted, long now)
    {
        lock (_lock)
        {
            if (now < _notBefore || _ready.Count(s => !s.IsDead) + _underWay - _waiting.Count >= wanted) return false;
            _underWay++;
            return true;
        }
    }

    /// <summary>One is ready: for who has waited longest, else for the shelf.</summary>
    public void Put(LiveSandbox sandbox)
    {
        lock (_lock)
        {
            _underWay--;
            while (_waiting.TryDequeue(out var waiter))
            {
                // One who has stopped waiting leaves it to the next.
                if (waiter.TrySetResult(sandbox)) return;
            }

            _ready.Enqueue(sandbox);
        }
    }

    /// <summary>One could not be made: who waits is told, and warming pauses.</summary>
    public void Fail(SandboxException reason, long notBefore)
    {
        lock (_lock)
        {
            _underWay--;
            _notBefore = notBefore;
            while (_waiting.Count > _underWay && _waiting.TryDequeue(out var waiter)) waiter.TrySetException(reason);
        }
    }
}
