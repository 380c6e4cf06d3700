using System.Text.Json.Serialization.Metadata;

namespace Corral.Coordinator.Api;

/// <summary>What one endpoint is: drives who may call it, what its query may hold, and what the OpenAPI document says of it.</summary>
/// <param name="Id">Unique, camel case.</param>
/// <param name="Tag">The group it is shown in.</param>
/// <param name="Summary">A sentence.</param>
internal sealed record Operation(string Id, string Tag, string Summary)
{
    public const string Json = "application/json";
    public const string Bytes = "application/octet-stream";
    public const string Events = "text/event-stream";

    /// <summary>The least role; null where no key is needed.</summary>
    public Application.ApiRole? Role { get; init; } = Application.ApiRole.Reader;

    /// <summary>What the query may hold; anything else is refused.</summary>
    public IReadOnlyList<QueryField> Query { get; init; } = [];

    /// <summary>Request headers with a meaning: name and description.</summary>
    public IReadOnlyList<QueryField> Headers { get; init; } = [];

    public OperationBody Body { get; init; }

    /// <summary>The status of success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The media type of success.</summary>
    public string Answers { get; init; } = Json;

    /// <summary>Another media type of success, on demand.</summary>
    public string? Also { get; init; }

    /// <summary>The shape of a JSON answer.</summary>
    public JsonTypeInfo? Type { get; init; }

    /// <summary>The statuses of failure beside 400, 401, 403, 406 and 500.</summary>
    public IReadOnlyList<int> Failures { get; init; } = [];
}

/// <summary>What an endpoint reads.</summary>
internal enum OperationBody
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>A job or several.</summary>
    Jobs = 1,
    /// <summary>Any bytes.</summary>
    Bytes = 2,
}
