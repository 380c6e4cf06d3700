using System.Runtime.CompilerServices;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>The bytes that a step wrote and left.</summary>
internal sealed class StepOutputEndpoints(IJobs jobs, IBlobs blobs, ApiOptions options, TimeProvider time)
{
    private static readonly QueryField Follow = QueryField.Flag("follow", "Send the stream as server-sent events while it is written, until the step has ended.");

    public void Map(ApiRoutes routes)
    {
        MapStream(routes, "stdout", step => step.Stdout, JobEventKind.Stdout);
        MapStream(routes, "stderr", step => step.Stderr, JobEventKind.Stderr);
        routes.Get("/v1/jobs/{id}/steps/{step}/outputs/{*path}", FileAsync, new Operation("getOutputFile", "Jobs", "The bytes of a file that a step left, of the newest attempt that has reported.") { Answers = Operation.Bytes, Failures = [404] });
    }

    private void MapStream(ApiRoutes routes, string name, Func<StepResult, CapturedOutput> stream, JobEventKind kind) =>
        routes.Get($"/v1/jobs/{{id}}/steps/{{step}}/{name}", (context, caller) => StreamAsync(context, caller, name, stream, kind), new Operation($"get{char.ToUpperInvariant(name[0])}{name[1..]}", "Jobs", $"The kept bytes of a step's {name}, of the newest attempt that has reported.")
        {
            Query = [Follow],
            Answers = Operation.Bytes,
            Also = Operation.Events,
            Failures = [404, 409],
        });

    private async Task<ProblemAnswer?> StreamAsync(HttpContext context, ApiKey caller, string name, Func<StepResult, CapturedOutput> stream, JobEventKind kind)
    {
        var query = new QueryReader(context, [Follow]);
        var follow = query.Flag(Follow);
        var (id, refusal) = JobPath.Id(context, query.Problems);
        if (refusal is not null)
            return refusal;
        if (await jobs.GetAsync(id, context.RequestAborted) is not { } job || !caller.Sees(job.Spec.Tenant))
            return JobPath.Unknown(id);
        if (JobPath.Step(context, job) is not { } index)
            return JobPath.UnknownStep(context, job);
        if (follow)
        {
            await EventStream.SendAsync(context, OfStep(jobs.WatchAsync(id, 0, withOutput: true, context.RequestAborted), index, kind, context.RequestAborted), options.KeepAlive, time);
            return null;
        }

        if (job.Steps.FirstOrDefault(step => step.Index == index) is not { } result)
        {
            return ProblemAnswer.Of(
                StatusCodes.Status409Conflict, "not_ended", "The step has not reported.", ApiCodes.NotEnded, "step",
                $"Step {index} of the job {id} has not reported, so its {name} is not kept yet. Wait with /v1/jobs/{id}/wait, or follow it with ?follow=true.");
        }

        var output = stream(result);
        if (output.Blob is { } blob)
            return await SendBlobAsync(context, job.Spec.Tenant, blob, name);
        context.Response.ContentType = Operation.Bytes;
        context.Response.ContentLength = output.Inline.Length;
        await context.Response.BodyWriter.WriteAsync(output.Inline, context.RequestAborted);
        return null;
    }

    private async Task<ProblemAnswer?> FileAsync(HttpContext context, ApiKey caller)
    {
        var (id, refusal) = JobPath.Id(context, new QueryReader(context, []).Problems);
        if (refusal is not null)
            return refusal;
        if (await jobs.GetAsync(id, context.RequestAborted) is not { } job || !caller.Sees(job.Spec.Tenant))
            return JobPath.Unknown(id);
        if (JobPath.Step(context, job) is not { } index)
            return JobPath.UnknownStep(context, job);
        var path = context.Request.RouteValues["path"] as string ?? "";
        var file = job.Steps.FirstOrDefault(step => step.Index == index)?.Outputs.FirstOrDefault(output => output.Path == path);
        if (file is null)
            return ProblemAnswer.NotFound(ApiCodes.UnknownOutput, "path", $"Step {index} of the job {id} left no file {ProblemList.Quote(path)}. /v1/jobs/{id} lists what it left.");
        return file.Blob is { } blob
            ? await SendBlobAsync(context, job.Spec.Tenant, blob, path)
            : ProblemAnswer.NotFound(ApiCodes.UnknownOutput, "path", $"The file {ProblemList.Quote(path)} was not kept: {file.Problem}");
    }

    private async Task<ProblemAnswer?> SendBlobAsync(HttpContext context, string tenant, BlobDigest digest, string what)
    {
        var content = await blobs.OpenAsync(tenant, digest, context.RequestAborted);
        if (content is null)
            return ProblemAnswer.NotFound(ApiCodes.UnknownBlob, "path", $"The bytes of {ProblemList.Quote(what)} are no longer kept. Run the job again to have them.");
        await BlobEndpoints.SendAsync(context, content, digest);
        return null;
    }

    // Only the one stream, and what says that it has ended.
    private static async IAsyncEnumerable<JobEvent> OfStep(IAsyncEnumerable<JobEvent> events, int step, JobEventKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in events.WithCancellation(cancellationToken))
        {
            var isEnd = e.Kind == JobEventKind.Ended || (e.Kind == JobEventKind.StepEnded && e.StepIndex == step);
            if (isEnd || (e.Kind == kind && e.StepIndex == step))
                yield return e;
            if (isEnd)
                yield break;
        }
    }
}
