using Corral.Coordinator.Api.Answers;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs.Validation;
using Microsoft.AspNetCore.Http;

namespace Corral.Coordinator.Api;

/// <summary>The usage ledger: sums and rows.</summary>
internal sealed class UsageEndpoints(IUsage usage)
{
    private static readonly QueryField Tenant = QueryField.NameOf("tenant", "Only of this tenant.");
    private static readonly QueryField From = QueryField.Time("from", "From this moment on.");
    private static readonly QueryField To = QueryField.Time("to", "Before this moment.");
    private static readonly QueryField Limit = QueryField.Integer("limit", "How many at most.", 1, 1000, 100);
    private static readonly QueryField Cursor = QueryField.Text("cursor", "'next' of the page before.", 512);

    public void Map(ApiRoutes routes)
    {
        routes.Get("/v1/usage", SumAsync, new Operation("sumUsage", "Usage", "Sums per tenant over the jobs that ended in the period, and the prices in force.") { Query = [Tenant, From, To], Type = ApiJson.Wire.UsageTotalsAnswer });
        routes.Get("/v1/usage/records", RecordsAsync, new Operation("listUsage", "Usage", "List the ledger, oldest first: a record for each step of each attempt that started.") { Query = [Tenant, From, To, Limit, Cursor], Type = ApiJson.Wire.UsageRecordsAnswer });
    }

    private async Task<ProblemAnswer?> SumAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, [Tenant, From, To]);
        var (tenant, from, to) = (query.Text(Tenant), query.Time(From), query.Time(To));
        if (Refusal(query, caller, tenant) is { } refusal)
            return refusal;
        var totals = await usage.SumAsync(tenant ?? caller.Tenant, from, to, context.RequestAborted);
        return await ApiRoutes.SendAsync(context, new UsageTotalsAnswer(totals, usage.RateCard), ApiJson.Wire.UsageTotalsAnswer);
    }

    private async Task<ProblemAnswer?> RecordsAsync(HttpContext context, ApiKey caller)
    {
        var query = new QueryReader(context, [Tenant, From, To, Limit, Cursor]);
        var (tenant, from, to) = (query.Text(Tenant), query.Time(From), query.Time(To));
        var (limit, cursor) = ((int)query.Integer(Limit), query.Text(Cursor));
        if (Refusal(query, caller, tenant) is { } refusal)
            return refusal;
        try
        {
            var page = await usage.RowsAsync(tenant ?? caller.Tenant, from, to, cursor, limit, context.RequestAborted);
            var records = page.Rows.Select(row => UsageAnswer.Of(row.Usage) with { Billable = row.Billable, RecordedAt = row.RecordedAt });
            return await ApiRoutes.SendAsync(context, new UsageRecordsAnswer([.. records], page.Next), ApiJson.Wire.UsageRecordsAnswer);
        }
        catch (FormatException)
        {
            return ProblemAnswer.Invalid([new Problem(ProblemCodes.BadFormat, Cursor.Name, "The cursor is none that this list gave. Give 'next' of the page before as it is, or leave it out for the first page.")]);
        }
    }

    private static ProblemAnswer? Refusal(QueryReader query, ApiKey caller, string? tenant)
    {
        if (query.Problems.Count > 0)
            return ProblemAnswer.Invalid(query.Problems);
        return tenant is null || caller.Sees(tenant) ? null : ProblemAnswer.Forbidden(ApiCodes.ForeignTenant, Tenant.Name, caller.ForeignTenant(tenant));
    }
}
