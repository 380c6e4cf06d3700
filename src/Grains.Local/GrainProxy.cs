namespace Corral.Grains.Local;

/// <summary>A reference to a grain: turns a method call into a <see cref="GrainCall"/> and delivers it. Two of the same grain are equal.</summary>
internal class GrainProxy : DispatchProxy
{
    private Activation? _lastSeen;

    public GrainRuntime Runtime { get; private set; } = null!;
    public GrainId Id { get; private set; }

    public static TGrainInterface Create<TGrainInterface>(GrainRuntime runtime, GrainId id)
    {
        var reference = Create<TGrainInterface, GrainProxy>();
        var proxy = (GrainProxy)(object)reference!;
        (proxy.Runtime, proxy.Id) = (runtime, id);
        return reference;
    }

    public override bool Equals(object? obj) => obj is GrainProxy other && other.Id == Id && other.Runtime == Runtime;
    public override int GetHashCode() => Id.GetHashCode();
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var call = MethodPlan.Of(targetMethod!).MakeCall(args ?? [], Runtime, Id);
        if (call.IsAnswered) return call.Answer;
        try
        {
            var activation = _lastSeen ?? Runtime.Find(Id);
            while (!activation.Deliver(call)) activation = Runtime.Find(Id);
            _lastSeen = activation;
        }
        catch (InvalidOperationException stopped)
        {
            call.Fail(stopped);
        }

        return call.Answer;
    }
}
