using System.Text.Json.Nodes;

namespace Corral.Coordinator.Api.OpenApi;

/// <summary>What the named parts of paths are.</summary>
internal static class PathParameters
{
    public static JsonObject Describe(string name)
    {
        var (description, pattern) = name switch
        {
            "id" => ("A job's id.", "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
            "digest" => ("A blob's digest.", "^sha256:[0-9a-f]{64}$"),
            "step" => ("A step's name, or its place from 0.", "^[a-z0-9][a-z0-9._-]{0,63}$"),
            "path" => ("A file's path relative to /box.", (string?)null),
            _ => throw new ArgumentException($"The part '{name}' of a path has no description.", nameof(name)),
        };
        var schema = new JsonObject { ["type"] = "string" };
        if (pattern is not null)
            schema["pattern"] = pattern;
        return new JsonObject { ["name"] = name, ["in"] = "path", ["required"] = true, ["description"] = description, ["schema"] = schema };
    }
}
