namespace Corral.Grains.Local;

/// <summary>What is known of a grain interface's method, read once.</summary>
internal sealed class MethodPlan
{
    private delegate GrainCall CallMaker(MethodPlan plan, object?[] arguments, GrainRuntime runtime, GrainId target);

    private static readonly ConcurrentDictionary<MethodInfo, MethodPlan> s_plans = new();
    private readonly MethodInvoker _invoker;
    private readonly CallMaker _makeCall;

    private MethodPlan(MethodInfo method)
    {
        Name = method.Name;
        Parameters = method.GetParameters();
        Result = method.ReturnParameter;
        AlwaysInterleaves = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ResponseTimeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(Parameters, parameter => parameter.ParameterType == typeof(CancellationToken)) is >= 0 and var index ? index : null;
        _invoker = MethodInvoker.Create(method);
        var result = method.ReturnType == typeof(Task) ? typeof(Nothing)
            : method.ReturnType is { IsGenericType: true } generic && generic.GetGenericTypeDefinition() == typeof(Task<>) ? generic.GenericTypeArguments[0]
            : throw new NotSupportedException($"'{method.DeclaringType}.{method.Name}' returns '{method.ReturnType}'; on the local runtime a grain's methods return Task.");
        _makeCall = typeof(MethodPlan).GetMethod(nameof(Make), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(result).CreateDelegate<CallMaker>();
    }

    public string Name { get; }
    public ParameterInfo[] Parameters { get; }
    public ParameterInfo Result { get; }
    public bool AlwaysInterleaves { get; }
    public TimeSpan? ResponseTimeout { get; }

    /// <summary>Where the method's cancellation token stands, if it has one.</summary>
    public int? TokenIndex { get; }
    public static MethodPlan Of(MethodInfo method) => s_plans.GetOrAdd(method, static method => new MethodPlan(method));
    public GrainCall MakeCall(object?[] arguments, GrainRuntime runtime, GrainId target) => _makeCall(this, arguments, runtime, target);

    public Task Invoke(Grain grain, object?[] arguments) =>
        (Task?)_invoker.Invoke(grain, arguments.AsSpan()) ?? throw new InvalidOperationException($"'{Name}' returned null in place of a task.");

    private static MethodCall<TResult> Make<TResult>(MethodPlan plan, object?[] arguments, GrainRuntime runtime, GrainId target) =>
        new(plan, arguments, runtime, target);
}
