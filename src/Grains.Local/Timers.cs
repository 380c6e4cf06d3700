namespace Corral.Grains.Local;

/// <summary>A timer of one activation. Its callback is a turn like a call; the period counts from the end of the callback.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets the timer anew; from inside the callback it takes effect when the callback ends.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}

/// <summary>When a timer fires and what it may run beside.</summary>
public readonly struct GrainTimerCreationOptions()
{
    /// <summary>Time to the first tick; infinite: never by itself.</summary>
    public required TimeSpan DueTime { get; init; }

    /// <summary>Time from the end of a tick to the next; infinite: one tick only.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Lets ticks start while calls await. Default false: a tick waits for its turn as a call does.</summary>
    public bool Interleave { get; init; }

    /// <summary>Lets ticks count as use, so that the activation is not collected as idle. Default false.</summary>
    public bool KeepAlive { get; init; }
}

/// <summary>Timers that live and die with the activation.</summary>
public static class GrainBaseExtensions
{
    public static IGrainTimer RegisterGrainTimer<TState>(
        this IGrainBase grain, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return RegisterGrainTimer(grain, token => callback(state, token), options);
    }

    public static IGrainTimer RegisterGrainTimer(
        this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return grain is Grain { Activation: var activation }
            ? activation.AddTimer(callback, options)
            : throw new ArgumentException($"A {grain?.GetType()} is not a grain.", nameof(grain));
    }
}
