using System.Text.Json.Nodes;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Corral.Coordinator.Api.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document from the very tables that requests are read by: an endpoint's <see cref="Operation"/>, its <see cref="QueryField"/>s, and the job document's fields.</summary>
internal sealed class OpenApiWriter(JobDocument documents)
{
    private const string ProblemSchema = "#/components/schemas/Problem";

    public byte[] Write(IReadOnlyList<RouteEndpoint> endpoints)
    {
        var schemas = new AnswerSchemas();
        var paths = new JsonObject();
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Metadata.GetMetadata<Operation>() is not { } operation)
                continue;
            var pattern = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(PartOf))));
            if (paths[pattern] is not JsonObject path)
                paths[pattern] = path = [];
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                path[method.ToLowerInvariant()] = Describe(operation, method, endpoint, schemas);
        }

        schemas.Add("Job", Published(documents.PublishSchema));
        schemas.Add("Jobs", Published(documents.PublishSubmissionSchema));
        schemas.Add("Problem", Problem());
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Corral",
                ["version"] = "v1",
                ["description"] = "Runs other people's programs, each step in a sandbox of its own. Every failure is application/problem+json with each field at fault, a stable code and the remedy.",
            },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas.Schemas,
                ["securitySchemes"] = new JsonObject { ["key"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "The key that `corral up` printed on its first start, or one made later." } },
            },
        }.ToUtf8();
    }

    private static string PartOf(Microsoft.AspNetCore.Routing.Patterns.RoutePatternPart part) => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        _ => "",
    };

    private static JsonObject Describe(Operation operation, string method, RouteEndpoint endpoint, AnswerSchemas schemas)
    {
        var parameters = new JsonArray();
        foreach (var parameter in endpoint.RoutePattern.Parameters)
            parameters.Add(PathParameters.Describe(parameter.Name));
        foreach (var field in operation.Query)
            parameters.Add(Describe(field, "query"));
        foreach (var field in operation.Headers)
            parameters.Add(Describe(field, "header"));

        var description = new JsonObject
        {
            ["operationId"] = HttpMethods.IsHead(method) ? operation.Id + "Head" : operation.Id,
            ["tags"] = new JsonArray(operation.Tag),
            ["summary"] = operation.Summary,
            ["parameters"] = parameters,
        };
        if (operation.Body != OperationBody.None)
            description["requestBody"] = Body(operation.Body);
        description["responses"] = Responses(operation, schemas);
        description["security"] = operation.Role is null ? [] : new JsonArray(new JsonObject { ["key"] = new JsonArray() });
        return description;
    }

    private static JsonObject Describe(QueryField field, string place)
    {
        var schema = new JsonObject { ["type"] = field.Type };
        if (field.Type == "integer")
        {
            schema["minimum"] = field.Minimum;
            schema["maximum"] = field.Maximum;
            schema["default"] = long.Parse(field.Default!, System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (field.Type == "boolean")
        {
            schema["default"] = false;
        }
        else if (field.Values.Count > 0)
        {
            schema["enum"] = new JsonArray([.. field.Values.Select(value => (JsonNode)value)]);
        }

        if (field.Pattern is not null)
            schema["pattern"] = field.Pattern;
        if (field.Format is not null)
            schema["format"] = field.Format;
        if (field.MaxLength > 0)
            schema["maxLength"] = field.MaxLength;
        return new JsonObject { ["name"] = field.Name, ["in"] = place, ["description"] = field.Description, ["required"] = false, ["schema"] = schema };
    }

    private static JsonObject Body(OperationBody body) => new()
    {
        ["required"] = true,
        ["content"] = body == OperationBody.Bytes
            ? new JsonObject { [Operation.Bytes] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } } }
            : new JsonObject { [Operation.Json] = new JsonObject { ["schema"] = new JsonObject { ["oneOf"] = new JsonArray(Reference("#/components/schemas/Job"), Reference("#/components/schemas/Jobs")) } } },
    };

    private static JsonObject Responses(Operation operation, AnswerSchemas schemas)
    {
        var success = new JsonObject { ["description"] = operation.Summary };
        var schema = operation.Type is { } type ? schemas.ReferTo(type) : operation.Answers == Operation.Json ? new JsonObject { ["type"] = "object" } : new JsonObject { ["type"] = "string", ["format"] = "binary" };
        success["content"] = new JsonObject { [operation.Answers] = new JsonObject { ["schema"] = schema } };
        var responses = new JsonObject { [Code(operation.Status)] = success };
        int[] failures = [400, .. operation.Role is null ? Array.Empty<int>() : [401, 403], .. operation.Failures, 406, 500];
        foreach (var status in failures.Order())
        {
            responses[Code(status)] = new JsonObject
            {
                ["description"] = "Every reason, each with a stable code, the field and the remedy.",
                ["content"] = new JsonObject { [ProblemAnswer.MediaType] = new JsonObject { ["schema"] = Reference(ProblemSchema) } },
            };
        }

        return responses;
    }

    private static JsonObject Problem()
    {
        static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };
        return new JsonObject
        {
            ["type"] = "object",
            ["description"] = "RFC 9457, with every reason.",
            ["required"] = new JsonArray("type", "title", "status", "detail", "errors"),
            ["properties"] = new JsonObject
            {
                ["type"] = Text("urn:corral:problem:KIND; KIND is stable."),
                ["title"] = Text("The same for every problem of this kind."),
                ["status"] = new JsonObject { ["type"] = "integer", ["description"] = "The HTTP status." },
                ["detail"] = Text("What is wrong here."),
                ["errors"] = new JsonObject
                {
                    ["type"] = "array",
                    ["minItems"] = 1,
                    ["description"] = "Every reason.",
                    ["items"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["required"] = new JsonArray("code", "field", "message"),
                        ["properties"] = new JsonObject
                        {
                            ["code"] = Text("Stable; programs branch on it."),
                            ["field"] = Text("Where: such as steps[0].limits.memoryBytes, a query field or a header; empty for the whole request."),
                            ["message"] = Text("What is wrong with which value, and the remedy."),
                        },
                    },
                },
            },
        };
    }

    private static JsonNode Published(Action<System.Text.Json.Utf8JsonWriter> publish)
    {
        using var buffer = new MemoryStream();
        using (var writer = new System.Text.Json.Utf8JsonWriter(buffer))
            publish(writer);
        return JsonNode.Parse(buffer.ToArray())!;
    }

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };

    private static string Code(int status) => status.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
