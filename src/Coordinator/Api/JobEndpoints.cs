using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>Jobs that exist: show, list, wait, cancel, receipt.</summary>
internal sealed class JobEndpoints(IJobs jobs, IUsage usage, ApiOptions options)
{
    private static readonly QueryField Tenant = QueryField.NameOf("tenant", "Only of this tenant.");
    private static readonly QueryField State = QueryField.Word<JobState>("state", "Only in this state.");
    private static readonly QueryField VerdictField = QueryField.Word<Verdict>("verdict", "Only those that ended with this verdict.");
    private static readonly QueryField Label = QueryField.Text("label", "Only those with this label, KEY=VALUE.", 320, "^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}=.*$");
    private static readonly QueryField Pool = QueryField.NameOf("pool", "Only in this pool.");
    private static readonly QueryField From = QueryField.Time("from", "Only those submitted at or after this moment.");
    private static readonly QueryField To = QueryField.Time("to", "Only those submitted before this moment.");
    private static readonly QueryField Limit = QueryField.Integer("limit", "How many at most.", 1, 1000, 100);
    private static readonly QueryField Cursor = QueryField.Text("cursor", "'next' of the page before.", 512);

    private readonly QueryField timeout = QueryField.Integer(
        "timeoutMs", "How long to hold the answer back while the job has not ended, milliseconds.", 0, (long)options.MaxWait.TotalMilliseconds, (long)options.DefaultWait.TotalMilliseconds);

    public void Map(ApiRoutes routes)
    {
        routes.Get("/v1/jobs", ListAsync, new Operation("listJobs", "Jobs", "List jobs, newest first.") { Query = [Tenant, State, VerdictField, Label, Pool, From, To, Limit, Cursor], Type = ApiJson.Wire.JobListAnswer });
        routes.Get("/v1/jobs/{id}", GetAsync, new Operation("getJob", "Jobs", "Show a job as it is now.") { Type = ApiJson.Wire.JobAnswer, Failures = [404] });
        routes.Get("/v1/jobs/{id}/wait", WaitAsync, new Operation("waitForJob", "Jobs", "Wait until a job has ended, or the timeout has passed, and show it as it then is; 'state' says which.") { Query = [timeout], Type = ApiJson.Wire.JobAnswer, Failures = [404] });
        routes.Post("/v1/jobs/{id}/cancel", CancelAsync, new Operation("cancelJob", "Jobs", "End a queued job at once, ask the agent to end a placed one.") { Role = ApiRole.Submitter, Type = ApiJson.Wire.CancelAnswer, Failures = [404, 503, 507] });
        routes.Get("/v1/jobs/{id}/receipt", ReceiptAsync, new Operation("getReceipt", "Usage", "Show what an ended job is billed and why.") { Type = ApiJson.Wire.Receipt, Failures = [404, 409] });
    }

    private async Task<ProblemAnswer?> ListAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, [Tenant, State, VerdictField, Label, Pool, From, To, Limit, Cursor]);
        var tenant = query.Text(Tenant);
        var filter = new JobFilter(
            tenant ?? caller.Tenant, query.Word<JobState>(State), query.Word<Verdict>(VerdictField), Pair(query.Text(Label)), query.Text(Pool), query.Time(From), query.Time(To));
        var limit = (int)query.Integer(Limit);
        var cursor = query.Text(Cursor);
        if (query.Problems.Count > 0)
            return ProblemAnswer.Invalid(query.Problems);
        if (tenant is not null && !caller.Sees(tenant))
            return ProblemAnswer.Forbidden(ApiCodes.ForeignTenant, Tenant.Name, caller.ForeignTenant(tenant));
        try
        {
            var page = await jobs.ListAsync(filter, cursor, limit, context.RequestAborted);
            return await ApiRoutes.SendAsync(context, new JobListAnswer([.. page.Jobs.Select(JobSummaryAnswer.Of)], page.Next), ApiJson.Wire.JobListAnswer);
        }
        catch (FormatException)
        {
            return ProblemAnswer.Invalid([BadCursor]);
        }
    }

    private async Task<ProblemAnswer?> GetAsync(HttpContext context, ApiKey caller)
    {
        var (id, refusal) = JobPath.Id(context, new QueryReader(context, []).Problems);
        if (refusal is not null)
            return refusal;
        return await jobs.GetAsync(id, context.RequestAborted) is { } job && caller.Sees(job.Spec.Tenant)
            ? await ApiRoutes.SendAsync(context, JobAnswer.Of(job, withSpec: true), ApiJson.Wire.JobAnswer)
            : JobPath.Unknown(id);
    }

    private async Task<ProblemAnswer?> WaitAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, [timeout]);
        var wait = TimeSpan.FromMilliseconds(query.Integer(timeout));
        var (id, refusal) = JobPath.Id(context, query.Problems);
        if (refusal is not null)
            return refusal;
        return await jobs.WaitAsync(id, wait, context.RequestAborted) is { } job && caller.Sees(job.Spec.Tenant)
            ? await ApiRoutes.SendAsync(context, JobAnswer.Of(job, withSpec: false), ApiJson.Wire.JobAnswer)
            : JobPath.Unknown(id);
    }

    private async Task<ProblemAnswer?> CancelAsync(HttpContext context, ApiKey caller)
    {
        var (id, refusal) = JobPath.Id(context, new QueryReader(context, []).Problems);
        if (refusal is not null)
            return refusal;
        if (await jobs.GetAsync(id, context.RequestAborted) is not { } job || !caller.Sees(job.Spec.Tenant))
            return JobPath.Unknown(id);
        var outcome = await jobs.CancelAsync(id, context.RequestAborted);
        return outcome == CancelOutcome.NotFound
            ? JobPath.Unknown(id)
            : await ApiRoutes.SendAsync(context, new CancelAnswer(id.ToString(), outcome), ApiJson.Wire.CancelAnswer);
    }

    private async Task<ProblemAnswer?> ReceiptAsync(HttpContext context, ApiKey caller)
    {
        var (id, refusal) = JobPath.Id(context, new QueryReader(context, []).Problems);
        if (refusal is not null)
            return refusal;
        if (await jobs.GetAsync(id, context.RequestAborted) is not { } job || !caller.Sees(job.Spec.Tenant))
            return JobPath.Unknown(id);
        return await usage.ReceiptAsync(id, context.RequestAborted) is { } receipt
            ? await ApiRoutes.SendAsync(context, receipt, ApiJson.Wire.Receipt)
            : ProblemAnswer.Of(StatusCodes.Status409Conflict, "not_ended", "The job has not ended.", ApiCodes.NotEnded, "id", $"The job {id} has not ended, so it has no receipt yet. Wait for it with /v1/jobs/{id}/wait.");
    }

    private static Problem BadCursor { get; } = new(ProblemCodes.BadFormat, "cursor", "The cursor is none that this list gave. Give 'next' of the page before as it is, or leave it out for the first page.");

    private static KeyValuePair<string, string>? Pair(string? label) =>
        label?.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? new(label[..equals], label[(equals + 1)..]) : null;
}
