using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Corral.Coordinator.Api;

/// <summary>Answers one request: writes the success itself, or returns why there is none.</summary>
internal delegate Task<ProblemAnswer?> ApiHandler(HttpContext context, ApiKey caller);

/// <summary>Maps endpoints so that none can forget the key, the accepted media type or its description.</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder routes, ApiGate gate, ILogger<ApiRoutes> logger)
{
    private static readonly ApiKey Nobody = new("", null, ApiRole.None);

    public void Get(string pattern, ApiHandler handler, Operation operation) => Map([HttpMethods.Get], pattern, handler, operation);

    public void Post(string pattern, ApiHandler handler, Operation operation) => Map([HttpMethods.Post], pattern, handler, operation);

    public void Map(IReadOnlyList<string> methods, string pattern, ApiHandler handler, Operation operation) =>
        routes.MapMethods(pattern, methods, context => AnswerAsync(context, handler, operation)).WithMetadata(operation).WithDisplayName(operation.Id);

    /// <summary>Sends a JSON answer.</summary>
    public static async Task<ProblemAnswer?> SendAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = Operation.Json;
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, answer, type, context.RequestAborted);
        return null;
    }

    private async Task AnswerAsync(HttpContext context, ApiHandler handler, Operation operation)
    {
        // Answers carry what tenants wrote: no browser may guess their type, no cache may keep them.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        var caller = Nobody;
        ProblemAnswer? problem = null;
        if (operation.Role is { } role)
        {
            (var key, problem) = await gate.AdmitAsync(context, role);
            caller = key ?? Nobody;
        }

        problem ??= Accepts(context.Request, operation) ? await handler(context, caller) : ProblemAnswer.Of(
            StatusCodes.Status406NotAcceptable, "not_acceptable", "The answer has no form that the caller accepts.", ApiCodes.NotAcceptable, "Accept",
            $"This answers as '{operation.Answers}', which the header Accept rules out. Accept that, or leave the header out.");
        if (problem is null)
            return;
        if (logger.IsEnabled(LogLevel.Debug))
            logger.RequestRefused(context.Request.Method, context.Request.Path, problem.Status, string.Join(", ", problem.Errors.Select(error => error.Code).Distinct()));
        await problem.WriteAsync(context);
    }

    private static bool Accepts(HttpRequest request, Operation operation)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || !MediaTypeHeaderValue.TryParseList(header, out var accepted))
            return true;
        return accepted.Any(type => type.Quality != 0 && (Is(operation.Answers, type) || Is(operation.Also, type)));

        static bool Is(string? own, MediaTypeHeaderValue type) => own is not null && new MediaTypeHeaderValue(own).IsSubsetOf(type);
    }
}
