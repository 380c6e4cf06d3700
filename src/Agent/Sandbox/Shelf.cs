namespace Corral.Agent.Sandbox;

/// <summary>The warm sandboxes of one image, those under way, and who waits for them.</summary>
internal sealed class Shelf(SandboxImage image)
{
    private readonly Lock _lock = new();
    private readonly Queue<LiveSandbox> _ready = new();
    private readonly Queue<StepRequest> _waiting = new();
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

    /// <summary>A sandbox that is ready now; null where none is.</summary>
    public LiveSandbox? TryTake()
    {
        lock (_lock)
        {
            while (_ready.TryDequeue(out var sandbox))
            {
                if (!sandbox.IsDead) return sandbox;
            }

            return null;
        }
    }

    /// <summary>Puts a request in line; true where the caller is to have a sandbox made for it.</summary>
    public bool Wait(StepRequest request)
    {
        lock (_lock)
        {
            _waiting.Enqueue(request);
            if (_underWay >= _waiting.Count) return false;
            _underWay++;
            return true;
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
        StepRequest? request = null;
        lock (_lock)
        {
            _underWay--;
            while (_waiting.TryDequeue(out var next))
            {
                if (!next.TryClaim()) continue;
                request = next;
                break;
            }

            if (request is null) _ready.Enqueue(sandbox);
        }

        request?.Serve(sandbox);
    }

    /// <summary>One could not be made: who waits for more than are under way is told, and warming pauses.</summary>
    public void Fail(SandboxException reason, long notBefore)
    {
        lock (_lock)
        {
            _underWay--;
            _notBefore = notBefore;
            while (_waiting.Count > _underWay && _waiting.TryDequeue(out var request))
            {
                if (request.TryClaim()) request.Fail(reason);
            }
        }
    }
}
