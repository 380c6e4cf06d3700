using System.Text.Json.Serialization;

namespace Corral.Agent.Metering;

/// <summary>The entries as JSON: a journal must be readable by the next version of the program, and by a person after an accident.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcceptedEntry))]
[JsonSerializable(typeof(StepEndedEntry))]
[JsonSerializable(typeof(EndedEntry))]
[JsonSerializable(typeof(AcknowledgedEntry))]
internal sealed partial class JournalJson : JsonSerializerContext;
