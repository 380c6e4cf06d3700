namespace Corral.Grains.Local;

/// <summary>
/// The directory of activations of this process. An activation is made by the first call to its grain, is alone under its
/// name until it is gone, and hands calls that came too late to its successor in their order.
/// </summary>
internal sealed partial class GrainRuntime(
    IServiceProvider services, IOptions<LocalGrainsOptions> options, TimeProvider clock, ILogger<GrainRuntime> logger)
    : IGrainFactory, IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly ConcurrentDictionary<Type, GrainClass> _classOfInterface = new();
    private readonly Dictionary<Type, GrainClass> _classes = GrainClass.AllOf(options.Value.Assemblies);
    private ITimer? _collector;
    private volatile bool _stopped;

    public IServiceProvider Services => services;
    public LocalGrainsOptions Options { get; } = options.Value;
    public TimeProvider Clock => clock;
    public ILogger Logger => logger;

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        if (grainClassNamePrefix is not null) throw new NotSupportedException("A grain interface has one class on the local runtime: no prefix selects another.");
        return GrainProxy.Create<TGrainInterface>(this, new GrainId(_classOfInterface.GetOrAdd(typeof(TGrainInterface), ClassOf), primaryKey));
    }

    public Activation Find(GrainId id) => _stopped
        ? throw new InvalidOperationException($"The call to {id} came after the grain runtime had stopped.")
        : _activations.GetOrAdd(id, static (id, runtime) => new Activation(runtime, id), this);

    /// <summary>Takes a gone activation out, or puts its successor in its place at once.</summary>
    public void Replace(Activation gone, Activation? successor)
    {
        if (successor is null) _activations.TryRemove(KeyValuePair.Create(gone.Id, gone));
        else _activations.TryUpdate(gone.Id, successor, gone);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _collector = clock.CreateTimer(static state => ((GrainRuntime)state!).CollectIdle(), this, Options.CollectionQuantum, Options.CollectionQuantum);
        return Task.CompletedTask;
    }

    /// <summary>Deactivates everything; grains may still call each other on the way down, which can activate more.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        while (!_activations.IsEmpty && !cancellationToken.IsCancellationRequested)
        {
            var going = _activations.Values.ToList();
            foreach (var activation in going) activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The host is stopping."));
            await Task.WhenAll(going.Select(activation => activation.Gone)).WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopped = true;
    }

    public void Dispose() => _collector?.Dispose();

    private GrainClass ClassOf(Type grainInterface) => _classes.Where(known => known.Key.IsAssignableTo(grainInterface)).ToList() is [var only]
        ? only.Value
        : throw new ArgumentException($"'{grainInterface}' needs exactly one grain class in the assemblies given to UseLocalGrains.");

    private void CollectIdle()
    {
        var reason = new DeactivationReason(DeactivationReasonCode.ActivationIdle, $"Nothing called the grain for {Options.CollectionAge}.");
        foreach (var activation in _activations.Values) activation.Deactivate(reason, Options.CollectionAge);
    }
}
