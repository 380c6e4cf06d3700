using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Api.OpenApi;

/// <summary>The shapes of JSON answers, from the types that are serialised.</summary>
internal sealed class AnswerSchemas
{
    private static readonly JsonSchemaExporterOptions Options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    public JsonObject Schemas { get; } = [];

    public void Add(string name, JsonNode schema) => Schemas[name] = schema;

    public JsonObject ReferTo(JsonTypeInfo type)
    {
        var name = type.Type.Name.Replace("Answer", "", StringComparison.Ordinal) + "Answer";
        Schemas[name] ??= type.GetJsonSchemaAsNode(Options);
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.TypeInfo.Type == typeof(JobSpec))
            schema = new JsonObject { ["$ref"] = "#/components/schemas/Job" };
        if (schema is not JsonObject described)
            return schema;
        // None is never sent.
        if (described["enum"] is JsonArray words && words.FirstOrDefault(word => word?.GetValueKind() == JsonValueKind.String && (string?)word == "None") is { } none)
            words.Remove(none);
        if (context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), true).OfType<DescriptionAttribute>().FirstOrDefault() is { } text)
            described["description"] = text.Description;
        return described;
    }
}
