using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>For whoever restarts processes (<c>/healthz</c>) and whoever sends them requests (<c>/readyz</c>).</summary>
internal sealed class HealthEndpoints(IReadiness readiness)
{
    public void Map(ApiRoutes routes)
    {
        routes.Get("/healthz", LiveAsync, new Operation("live", "Health", "Whether the coordinator lives: it answers.") { Role = null, Type = ApiJson.Wire.HealthAnswer });
        routes.Get("/readyz", ReadyAsync, new Operation("ready", "Health", "Whether the coordinator can acknowledge jobs; 503 with the same body where it cannot.") { Role = null, Type = ApiJson.Wire.HealthAnswer, Failures = [503] });
    }

    private static Task<ProblemAnswer?> LiveAsync(HttpContext context, ApiKey caller) => ApiRoutes.SendAsync(context, new HealthAnswer("ok", []), ApiJson.Wire.HealthAnswer);

    private async Task<ProblemAnswer?> ReadyAsync(HttpContext context, ApiKey caller)
    {
        var checks = await readiness.CheckAsync(context.RequestAborted);
        var ready = checks.All(check => check.Ready || !check.Needed);
        return await ApiRoutes.SendAsync(
            context, new HealthAnswer(ready ? "ok" : "unready", checks), ApiJson.Wire.HealthAnswer, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
