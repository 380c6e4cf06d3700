using System.Text.Json;

namespace Corral.Grains.Local;

/// <summary>Copies what a call carries as the wire of a fleet would, so that shared state and lossy types show in tests.</summary>
internal static class JsonCopier
{
    public static object? Copy(object? value, ParameterInfo place, Type declared)
    {
        if (value is null or string or IAddressable or CancellationToken or Nothing || value.GetType().IsPrimitive) return value;
        if (place.IsDefined(typeof(ImmutableAttribute)) || value.GetType().IsDefined(typeof(ImmutableAttribute))) return value;
        return JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(value, declared), declared);
    }
}
