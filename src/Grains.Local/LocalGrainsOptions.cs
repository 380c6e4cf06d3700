namespace Corral.Grains.Local;

/// <summary>How grains run in this process.</summary>
public sealed class LocalGrainsOptions
{
    /// <summary>The assemblies whose grain classes can be called; none by default.</summary>
    public IList<Assembly> Assemblies { get; } = [];

    /// <summary>How long a caller waits for an answer before a <see cref="TimeoutException"/>, and OnActivateAsync and OnDeactivateAsync may take; 30 s unless set.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an activation may be idle before it is collected; 15 minutes unless set.</summary>
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often idle activations are looked for; 1 minute unless set.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Sends every argument and result that is not <see cref="ImmutableAttribute"/> through System.Text.Json, as a call
    /// to another silo would; false unless set. For tests: what does not survive it would fail in a fleet.
    /// </summary>
    public bool CopyThroughJson { get; set; }
}
