using System.Globalization;
using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>A job's events and live output, as server-sent events that can be resumed.</summary>
internal sealed class JobEventEndpoints(IJobs jobs, ApiOptions options, TimeProvider time)
{
    private static readonly QueryField LastEventId = new("Last-Event-ID", "string", "The id of the last durable event that was seen: what is older is not sent again.") { Pattern = "^[0-9]{1,18}$" };

    public void Map(ApiRoutes routes)
    {
        routes.Get("/v1/jobs/{id}/events", (context, caller) => WatchAsync(context, caller, withOutput: false), new Operation("watchJob", "Jobs", "Follow a job until it has ended. Events with an id are durable and can be resumed after; the others are live only. Resuming after the end gives 204.")
        {
            Headers = [LastEventId],
            Answers = Operation.Events,
            Type = ApiJson.Wire.JobEventAnswer,
            Failures = [404],
        });
        routes.Get("/v1/jobs/{id}/output", (context, caller) => WatchAsync(context, caller, withOutput: true), new Operation("followJob", "Jobs", "As events, and the bytes of stdout and stderr of every step from the first kept one.")
        {
            Headers = [LastEventId],
            Answers = Operation.Events,
            Type = ApiJson.Wire.JobEventAnswer,
            Failures = [404],
        });
    }

    private async Task<ProblemAnswer?> WatchAsync(HttpContext context, ApiKey caller, bool withOutput)
    {
        var problems = new List<Problem>(new QueryReader(context, []).Problems);
        var seen = ReadLastEventId(context.Request, problems);
        var (id, refusal) = JobPath.Id(context, problems);
        if (refusal is not null)
            return refusal;
        if (await jobs.GetAsync(id, context.RequestAborted) is not { } job || !caller.Sees(job.Spec.Tenant))
            return JobPath.Unknown(id);
        if (job.State == JobState.Ended && seen >= job.Version)
        {
            // An EventSource connects again when a stream ends; 204 tells it that nothing will follow.
            // https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnect
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return null;
        }

        await EventStream.SendAsync(context, jobs.WatchAsync(id, seen, withOutput, context.RequestAborted), options.KeepAlive, time);
        return null;
    }

    private static long ReadLastEventId(HttpRequest request, List<Problem> problems)
    {
        var values = request.Headers[LastEventId.Name];
        if (values.Count == 0)
            return 0;
        if (values.Count == 1 && values[0] is { Length: <= 18 } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return id;
        problems.Add(new Problem(ProblemCodes.BadFormat, LastEventId.Name, $"{ProblemList.Quote(values.ToString())} is not an event's id. Give the last 'id:' that was received, or leave the header out."));
        return 0;
    }
}
