namespace Corral.Grains.Local;

/// <summary>
/// Base of all grain classes. Its code runs in turns, one at a time, on the activation's own task scheduler:
/// an <c>await</c> ends a turn and its continuation is another.
/// </summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain() => Activation = Activation.Constructing
        ?? throw new InvalidOperationException($"A {GetType()} is made by the grain runtime, never by 'new'.");

    internal Activation Activation { get; }

    protected IGrainFactory GrainFactory => Activation.Runtime;

    protected internal IServiceProvider ServiceProvider => Activation.Runtime.Services;

    /// <summary>Runs before any call reaches the grain. If it throws, the calls that wait fail with it, and the next one activates anew.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call ended and the timers are gone. Not promised: a process can die.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets the calls that run finish, starts no other, deactivates; what came meanwhile goes to a new activation.</summary>
    protected void DeactivateOnIdle() =>
        Activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));
}
