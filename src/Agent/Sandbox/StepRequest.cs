namespace Corral.Agent.Sandbox;

/// <summary>Who waits for a sandbox, and what to do with it: that is done on the event loop's thread, for a hop to the pool would cost as much again.</summary>
internal sealed class StepRequest(Func<LiveSandbox, RunningStep?> start)
{
    private readonly TaskCompletionSource<RunningStep?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claimed;

    /// <summary>The step; null where the sandbox died before it could be taken.</summary>
    public Task<RunningStep?> Started => _started.Task;

    /// <summary>True once: for the sandbox that serves it, or for the failure or cancellation that ends it.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    /// <summary>Starts the step in a sandbox, after <see cref="TryClaim"/>.</summary>
    public void Serve(LiveSandbox sandbox)
    {
        try
        {
            _started.TrySetResult(start(sandbox));
        }
        catch (Exception e) when (e is SandboxException or ArgumentException)
        {
            _started.TrySetException(e);
        }
    }

    /// <summary>Ends the wait, after <see cref="TryClaim"/>.</summary>
    public void Fail(SandboxException reason) => _started.TrySetException(reason);

    /// <summary>Ends the wait where nobody has claimed it; a sandbox then goes to the next in line.</summary>
    public void Cancel(CancellationToken cancellationToken)
    {
        if (TryClaim()) _started.TrySetCanceled(cancellationToken);
    }
}
