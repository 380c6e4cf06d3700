using System.Reflection;
using Corral.Coordinator.Grains;

namespace Corral.Grains.Tests;

/// <summary>What crosses the coordinator's grain interfaces, held against the wire of this runtime.</summary>
public sealed class CoordinatorContractTests(GrainHost host) : IClassFixture<GrainHost>
{
    private static readonly Assembly s_coordinator = typeof(IPoolGrain).Assembly;

    [Fact]
    public void Every_type_that_crosses_a_grain_interface_can_be_sent()
    {
        var seen = new HashSet<Type>();
        var methods = s_coordinator.GetTypes()
            .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrainWithStringKey)))
            .SelectMany(type => type.GetMethods())
            .ToList();
        Assert.NotEmpty(methods);
        foreach (var method in methods)
        {
            Collect(method.ReturnType, seen);
            foreach (var parameter in method.GetParameters()) Collect(parameter.ParameterType, seen);
        }

        Assert.NotEmpty(seen);
        Assert.False(host.CanCross(typeof(Unsendable)), "The check itself must tell a type that cannot be sent.");
        Assert.Equal([], seen.Where(type => !host.CanCross(type)).Select(type => type.ToString()));
    }

    private sealed class Unsendable
    {
        private Unsendable(int number) => Number = number;

        public int Number { get; }

        public static Unsendable Make() => new(1);
    }

    /// <summary>Our own types among those a value of this type can hold; of an abstract one, all that derive from it.</summary>
    private static void Collect(Type type, HashSet<Type> seen)
    {
        foreach (var argument in type.GenericTypeArguments) Collect(argument, seen);
        if (type.HasElementType) Collect(type.GetElementType()!, seen);
        if (type.Namespace?.StartsWith("Corral.", StringComparison.Ordinal) != true) return;
        if (type.IsAbstract)
        {
            foreach (var derived in type.Assembly.GetTypes().Where(candidate => candidate.IsSubclassOf(type))) Collect(derived, seen);
            return;
        }

        if (!seen.Add(type) || type.IsEnum) return;
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public)) Collect(property.PropertyType, seen);
    }
}
