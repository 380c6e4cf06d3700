namespace Corral.Grains.Local;

/// <summary>Something that has an identity in the grain runtime: a grain, or a reference to one.</summary>
public interface IAddressable;

/// <summary>A grain interface. Its methods return <see cref="Task"/> or <see cref="ValueTask"/>, with or without a result.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain named by a string, compared ordinally.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>What the runtime asks of a grain class.</summary>
public interface IGrainBase
{
    Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Makes references to grains. A reference costs no activation until it is called.</summary>
public interface IGrainFactory
{
    /// <param name="primaryKey">The grain's name.</param>
    /// <param name="grainClassNamePrefix">Null: an interface has one grain class here.</param>
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}

/// <summary>What a grain, or a reference to one, says of itself.</summary>
public static class GrainExtensions
{
    public static string GetPrimaryKeyString(this IAddressable grain) => Locate(grain).Id.Key;

    /// <summary>The reference that others would call this grain by; a call through it is a turn of its own.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        var (runtime, id) = Locate(grain);
        return GrainProxy.Create<TGrainInterface>(runtime, id);
    }

    private static (GrainRuntime Runtime, GrainId Id) Locate(IAddressable grain) => grain switch
    {
        Grain { Activation: var activation } => (activation.Runtime, activation.Id),
        GrainProxy proxy => (proxy.Runtime, proxy.Id),
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"A {grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };
}
