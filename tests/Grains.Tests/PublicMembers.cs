using System.Reflection;

namespace Corral.Grains.Tests;

/// <summary>Writes the members of a type that code outside its assembly can use, one a line, without namespaces.</summary>
internal static class PublicMembers
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static IEnumerable<string> Of(Type type)
    {
        yield return $"{Name(type)} is {Kind(type)}";
        if (type.IsEnum)
        {
            foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.Static))
                yield return $"{Name(type)}.{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), null)}";
            yield break;
        }

        if (type.GetCustomAttribute<AttributeUsageAttribute>(inherit: false) is { } usage && type.IsSubclassOf(typeof(Attribute)))
            yield return $"{Name(type)} on {usage.ValidOn}{(usage.AllowMultiple ? ", many" : "")}";
        foreach (var face in type.GetInterfaces().Select(Name).Order(StringComparer.Ordinal)) yield return $"{Name(type)} : {face}";
        foreach (var constructor in type.GetConstructors(Declared & ~BindingFlags.Static).Where(Usable))
            yield return $"{Access(constructor)} {Name(type)}({Parameters(constructor)})";
        foreach (var method in type.GetMethods(Declared).Where(Usable))
            yield return $"{Access(method)} {Name(method.ReturnType)} {Name(type)}.{method.Name}{Generic(method)}({Parameters(method)})";
    }

    private static bool Usable(MethodBase member) => member.IsPublic || member.IsFamily || member.IsFamilyOrAssembly;

    private static string Access(MethodBase member)
    {
        var access = member.IsPublic ? "public" : member.IsFamilyOrAssembly ? "protected internal" : "protected";
        if (member.IsStatic) return access + " static";
        if (member is not MethodInfo { IsVirtual: true, IsFinal: false } method || method.DeclaringType!.IsInterface) return access;
        return method.IsAbstract ? access + " abstract" : method.GetBaseDefinition() == method ? access + " virtual" : access + " override";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum " + Name(Enum.GetUnderlyingType(type)) : type.IsInterface ? "interface" : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Generic(MethodInfo method) => !method.IsGenericMethodDefinition ? "" : "<" + string.Join(", ", method.GetGenericArguments()
        .Select(argument => string.Join(" : ", [argument.Name, .. argument.GetGenericParameterConstraints().Select(Name)]))) + ">";

    private static string Parameters(MethodBase member) => string.Join(", ", member.GetParameters()
        .Select(parameter => Name(parameter.ParameterType) + (parameter.HasDefaultValue ? " = " + (parameter.DefaultValue ?? "null") : "")));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter || !type.IsGenericType) return type.Name;
        return type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] + "<" + string.Join(", ", type.GetGenericArguments().Select(Name)) + ">";
    }
}
