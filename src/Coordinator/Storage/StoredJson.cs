using System.Text.Json;
using System.Text.Json.Serialization;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>How specifications and step results are kept: their JSON. A property may be added; what is stored must stay readable.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobSpec))]
[JsonSerializable(typeof(StepResult[]))]
[JsonSerializable(typeof(IReadOnlyList<StepResult>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(MemorySamples))]
[JsonSerializable(typeof(PressureTotals))]
internal sealed partial class StoredJson : JsonSerializerContext
{
    public static byte[] Write(JobSpec spec) => JsonSerializer.SerializeToUtf8Bytes(spec, Default.JobSpec);

    public static byte[] Write(IReadOnlyList<StepResult> steps) => JsonSerializer.SerializeToUtf8Bytes(steps, Default.IReadOnlyListStepResult);

    public static string Write(IReadOnlyDictionary<string, string> labels) => labels.Count == 0 ? "{}" : JsonSerializer.Serialize(labels, Default.IReadOnlyDictionaryStringString);

    public static string? Write(MemorySamples? samples) => samples is null ? null : JsonSerializer.Serialize(samples, Default.MemorySamples);

    public static string? Write(PressureTotals? pressure) => pressure is null ? null : JsonSerializer.Serialize(pressure, Default.PressureTotals);

    public static MemorySamples? Samples(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.MemorySamples);

    public static PressureTotals? Pressure(string? json) => json is null ? null : JsonSerializer.Deserialize(json, Default.PressureTotals);

    public static JobSpec Spec(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, Default.JobSpec)!;

    public static IReadOnlyList<StepResult> Steps(ReadOnlySpan<byte> json) => json.IsEmpty ? [] : JsonSerializer.Deserialize(json, Default.StepResultArray)!;

    public static IReadOnlyDictionary<string, string> Labels(string json) => json == "{}" ? new Dictionary<string, string>() : JsonSerializer.Deserialize(json, Default.IReadOnlyDictionaryStringString)!;
}
