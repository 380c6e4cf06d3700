using System.Diagnostics.CodeAnalysis;

namespace Corral.Grains.Local;

/// <summary>Something an activation runs as a turn: a method call or a timer's tick.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A task whose wait handle nobody asked for holds nothing to dispose.")]
internal abstract class GrainCall
{
    // Made where the call is made, so that the caller's execution context (the trace it is part of) goes with it.
    private readonly Task _turn;

    protected GrainCall() => _turn = new Task(
        static state => _ = ((GrainCall)state!).StartedOn!.RunAsync((GrainCall)state), this, TaskCreationOptions.DenyChildAttach);

    /// <summary>The activation that runs it; null while it waits.</summary>
    public Activation? StartedOn { get; private set; }

    /// <summary>How often a closing activation passed it to the next.</summary>
    public int Forwards { get; set; }

    /// <summary>May start while other calls await.</summary>
    public abstract bool Interleaves { get; }

    /// <summary>Keeps the activation from being idle.</summary>
    public abstract bool CountsAsUse { get; }

    /// <summary>The task the caller has, of the method's return type.</summary>
    public abstract Task Answer { get; }

    /// <summary>Nobody waits for it any more (timed out, cancelled, timer gone): a call that waits is then dropped.</summary>
    public bool IsAnswered => Answer.IsCompleted;

    public void StartOn(Activation activation, TaskScheduler scheduler)
    {
        StartedOn = activation;
        _turn.Start(scheduler);
    }

    /// <summary>Runs the grain's code; whatever that throws goes to the caller, never to the activation.</summary>
    public abstract Task RunAsync(Grain grain);

    public abstract void Fail(Exception error);
}
