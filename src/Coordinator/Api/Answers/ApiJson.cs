using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Coordinator.Api.Answers;

/// <summary>Every JSON answer, serialised by generated code.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.Strict, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [typeof(JobSpecConverter)])]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobListAnswer))]
[JsonSerializable(typeof(SubmitAnswer))]
[JsonSerializable(typeof(CancelAnswer))]
[JsonSerializable(typeof(JobEventAnswer))]
[JsonSerializable(typeof(BlobAnswer))]
[JsonSerializable(typeof(AgentsAnswer))]
[JsonSerializable(typeof(UsageTotalsAnswer))]
[JsonSerializable(typeof(UsageRecordsAnswer))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>For answers: quotes and the like as they are, because the media type is JSON and browsers are told not to guess another.</summary>
    public static ApiJson Wire => wire ??= new(new JsonSerializerOptions(Default.Options!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    // Made on demand: the order in which the parts of a class initialise their static fields is not defined.
    private static ApiJson? wire;
}

/// <summary>Shows a job as the document it was submitted as.</summary>
internal sealed class JobSpecConverter : JsonConverter<JobSpec>
{
    public override JobSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Job documents are read by JobDocument, which says what is wrong with them.");

    public override void Write(Utf8JsonWriter writer, JobSpec value, JsonSerializerOptions options) => JobWriter.Write(writer, value);
}
