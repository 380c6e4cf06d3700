using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Corral.Coordinator.Api.OpenApi;

/// <summary><c>/openapi/v1.json</c>, written once from what is mapped.</summary>
internal sealed class OpenApiEndpoint(OpenApiWriter writer, Func<IEnumerable<EndpointDataSource>> mapped)
{
    private byte[]? document;

    public void Map(ApiRoutes routes) =>
        routes.Get("/openapi/v1.json", SendAsync, new Operation("openApi", "Health", "This description, OpenAPI 3.1.") { Role = null });

    private async Task<ProblemAnswer?> SendAsync(HttpContext context, Application.ApiKey caller)
    {
        document ??= writer.Write([.. mapped().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()]);
        context.Response.ContentType = Operation.Json;
        context.Response.ContentLength = document.Length;
        await context.Response.BodyWriter.WriteAsync(document, context.RequestAborted);
        return null;
    }
}
