using System.Security.Cryptography;
using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary><c>POST /v1/jobs</c>: checks everything at once, and answers 202 only for what is durable.</summary>
internal sealed class SubmitEndpoint(IJobs jobs, IBlobs blobs, JobDocument documents, ApiOptions options)
{
    private static readonly QueryField IdempotencyKey = QueryField.Text(
        "Idempotency-Key", "1 to 255 visible ASCII characters. Within 24 hours a replay under the same key gets the first answer and makes no new job; another body under it gets 422.", 255, "^[!-~]{1,255}$");

    public void Map(ApiRoutes routes) => routes.Post("/v1/jobs", SubmitAsync, new Operation("submitJobs", "Jobs", "Submit one job, or several as {\"jobs\": […]}: all or none. Acknowledged means durable.")
    {
        Role = ApiRole.Submitter,
        Headers = [IdempotencyKey],
        Body = OperationBody.Jobs,
        Status = StatusCodes.Status202Accepted,
        Type = ApiJson.Wire.SubmitAnswer,
        Failures = [413, 415, 422, 429, 503, 507],
    });

    private async Task<ProblemAnswer?> SubmitAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, []);
        var problems = new ProblemList();
        var idempotencyKey = ReadIdempotencyKey(context.Request, problems);
        var (body, refusal) = await RequestBody.ReadJsonAsync(context, options.MaxJobBodyBytes);
        if (body is null)
            return refusal;

        IReadOnlyList<JobSpec> specs;
        bool single;
        byte[] hash;
        using (body)
        {
            (specs, single) = Read(body.Bytes, problems);
            hash = idempotencyKey is null ? [] : SHA256.HashData(body.Bytes.Span);
        }

        if (!problems.IsEmpty || query.Problems.Count > 0)
            return ProblemAnswer.Invalid([.. query.Problems, .. problems.Problems]);
        (specs, var tenant) = ForTenant(specs, caller, single, problems);
        if (!problems.IsEmpty)
            return ProblemAnswer.Invalid(problems.Problems);
        if (!caller.Sees(tenant))
            return ProblemAnswer.Forbidden(ApiCodes.ForeignTenant, single ? "tenant" : "jobs[0].tenant", caller.ForeignTenant(tenant));
        await MissingBlobs.CheckAsync(blobs, tenant, specs, single, problems, context.RequestAborted);
        if (!problems.IsEmpty)
            return ProblemAnswer.Invalid(problems.Problems);

        return await jobs.SubmitAsync(tenant, specs, idempotencyKey, hash, context.RequestAborted) switch
        {
            SubmitOutcome.Accepted accepted => await AnswerAsync(context, accepted, single),
            SubmitOutcome.QuotaExceeded quota => ProblemAnswer.Of(
                StatusCodes.Status429TooManyRequests, "quota_exceeded", "The tenant's quota is used up.", ApiCodes.QuotaExceeded, "tenant",
                $"The tenant '{tenant}' has {quota.Queued} jobs queued and may have {quota.Limit}. Wait until some have run, then try again.") with
            { RetryAfter = quota.RetryAfter },
            _ => ProblemAnswer.Of(
                StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", "The idempotency key belongs to another request.", ApiCodes.IdempotencyKeyReused, IdempotencyKey.Name,
                "The key was used with another body in the last 24 hours. Send that body again, or use a new key."),
        };
    }

    private (IReadOnlyList<JobSpec> Specs, bool Single) Read(ReadOnlyMemory<byte> body, ProblemList problems)
    {
        using var document = JobDocument.Open(body, problems);
        return document is null ? ([], true) : documents.ReadSubmission(document.RootElement, problems);
    }

    // A document without a tenant is its key's. One request is one tenant's: it is admitted, and its idempotency key remembered, as a whole.
    private static (IReadOnlyList<JobSpec> Specs, string Tenant) ForTenant(IReadOnlyList<JobSpec> specs, ApiKey caller, bool single, ProblemList problems)
    {
        var named = new JobSpec[specs.Count];
        for (var i = 0; i < named.Length; i++)
        {
            named[i] = specs[i].Tenant.Length > 0 ? specs[i] : specs[i] with { Tenant = caller.DefaultTenant() };
            if (named[i].Tenant == named[0].Tenant)
                continue;
            problems.Enter("jobs");
            problems.Enter(i);
            problems.Add(ApiCodes.MixedTenants, "tenant", $"This job is of '{named[i].Tenant}', the first of '{named[0].Tenant}'. Send each tenant's jobs in a request of their own.");
            problems.Leave();
            problems.Leave();
        }

        return (named, named[0].Tenant);
    }

    private static string? ReadIdempotencyKey(HttpRequest request, ProblemList problems)
    {
        var values = request.Headers[IdempotencyKey.Name];
        if (values.Count == 0)
            return null;
        if (values.Count == 1 && values[0] is { Length: > 0 and <= 255 } key && key.All(c => c is >= '!' and <= '~'))
            return key;
        problems.Add(ProblemCodes.BadFormat, IdempotencyKey.Name, "The header is not one key. Give it once, with 1 to 255 visible ASCII characters.");
        return null;
    }

    private static Task<ProblemAnswer?> AnswerAsync(HttpContext context, SubmitOutcome.Accepted accepted, bool single)
    {
        var ids = new JobIdAnswer[accepted.Jobs.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new JobIdAnswer(accepted.Jobs[i].ToString());
        if (single)
            context.Response.Headers.Location = $"/v1/jobs/{ids[0].Id}";
        if (accepted.Replayed)
            context.Response.Headers["Idempotency-Replayed"] = "true";
        return ApiRoutes.SendAsync(context, new SubmitAnswer(single ? ids[0].Id : null, ids), ApiJson.Wire.SubmitAnswer, StatusCodes.Status202Accepted);
    }
}
