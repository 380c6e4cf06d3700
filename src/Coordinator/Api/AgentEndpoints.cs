using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>The agents.</summary>
internal sealed class AgentEndpoints(IAgents agents)
{
    private static readonly QueryField Pool = QueryField.NameOf("pool", "Only of this pool.");

    public void Map(ApiRoutes routes) =>
        routes.Get("/v1/agents", ListAsync, new Operation("listAgents", "Agents", "List the agents, their capacity and what is reserved of it.") { Query = [Pool], Type = ApiJson.Wire.AgentsAnswer });

    private async Task<ProblemAnswer?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, [Pool]);
        var pool = query.Text(Pool);
        return query.Problems.Count > 0
            ? ProblemAnswer.Invalid(query.Problems)
            : await ApiRoutes.SendAsync(context, new AgentsAnswer(await agents.ListAsync(pool, context.RequestAborted)), ApiJson.Wire.AgentsAnswer);
    }
}
