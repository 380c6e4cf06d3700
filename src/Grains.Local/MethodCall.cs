namespace Corral.Grains.Local;

/// <summary>A result's place in calls that have none.</summary>
internal readonly struct Nothing;

/// <summary>A call of one method, from the caller's side (the answer, its time limit, its cancellation) and the grain's.</summary>
internal sealed class MethodCall<TResult> : GrainCall
{
    private readonly MethodPlan _plan;
    private readonly object?[] _arguments;
    private readonly LocalGrainsOptions _options;
    private readonly TaskCompletionSource<TResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _timeLimit;
    private CancellationTokenRegistration _cancellation;

    public MethodCall(MethodPlan plan, object?[] arguments, GrainRuntime runtime, GrainId target)
    {
        (_plan, _arguments, _options) = (plan, arguments, runtime.Options);
        if (plan.TokenIndex is { } index) ForwardCancellation(index);
        if (IsAnswered) return;
        for (var i = 0; _options.CopyThroughJson && i < arguments.Length; i++)
            arguments[i] = JsonCopier.Copy(arguments[i], plan.Parameters[i], plan.Parameters[i].ParameterType);
        var limit = plan.ResponseTimeout ?? _options.ResponseTimeout;
        _timeLimit = runtime.Clock.CreateTimer(
            _ => Fail(new TimeoutException($"The call {target}.{plan.Name} got no answer within {limit}.")), null, limit, Timeout.InfiniteTimeSpan);
    }

    public override Task Answer => _answer.Task;
    public override bool Interleaves => _plan.AlwaysInterleaves;
    public override bool CountsAsUse => true;

    public override async Task RunAsync(Grain grain)
    {
        try
        {
            var task = _plan.Invoke(grain, _arguments);
            await task;
            var result = task is Task<TResult> { Result: var value } ? value : default;
            if (_options.CopyThroughJson) result = (TResult?)JsonCopier.Copy(result, _plan.Result, typeof(TResult));
            if (_answer.TrySetResult(result!)) Release();
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    public override void Fail(Exception error)
    {
        if (_answer.TrySetException(error)) Release();
    }

    /// <summary>
    /// The grain gets a token of its own, cancelled in a turn, so that what the grain registers on it runs in turns too;
    /// the caller does not wait for that.
    /// </summary>
    private void ForwardCancellation(int index)
    {
        var own = new CancellationTokenSource();
        var callers = (CancellationToken)_arguments[index]!;
        _arguments[index] = own.Token;
        _cancellation = callers.UnsafeRegister((_, token) =>
        {
            _answer.TrySetCanceled(token);
            _timeLimit?.Dispose();
            if (StartedOn is { } activation) activation.Post(own.Cancel);
            else own.Cancel();
        }, null);
    }

    /// <summary>Unregistered, not disposed, which would wait for a callback that is running.</summary>
    private void Release()
    {
        _timeLimit?.Dispose();
        _cancellation.Unregister();
    }
}
