namespace Corral.Grains.Local;

/// <summary>A grain class and how its instances are made; one object a class, which stands for its name.</summary>
internal sealed class GrainClass(Type type)
{
    public Type Type { get; } = type;
    public bool Reentrant { get; } = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
    public ObjectFactory Make { get; } = ActivatorUtilities.CreateFactory(type, Type.EmptyTypes);

    public static Dictionary<Type, GrainClass> AllOf(IEnumerable<Assembly> assemblies) => assemblies.Distinct()
        .SelectMany(assembly => assembly.GetTypes())
        .Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(Grain)))
        .ToDictionary(type => type, type => new GrainClass(type));
}

/// <summary>What an activation is found by.</summary>
internal readonly record struct GrainId(GrainClass Class, string Key)
{
    public override string ToString() => $"{Class.Type.Name}/{Key}";
}
