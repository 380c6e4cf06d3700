using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Corral.Coordinator.Application;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

public sealed class JobApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Smallest = """{"steps":[{"command":["true"]}]}""";

    [Fact]
    public async Task A_submitted_job_is_answered_202_and_can_be_shown()
    {
        var response = await PostAsync(host.Client, """{"tenant":"t1","labels":{"a":"b"},"steps":[{"command":["cc","-O2"],"limits":{"pids":3}}]}""");
        var id = (await response.JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();

        Assert.Equal($"/v1/jobs/{id}", response.Headers.Location?.OriginalString);
        var job = await (await host.Client.GetAsync($"/v1/jobs/{id}", Stop)).JsonAsync();
        Assert.Equal(("t1", "Queued"), (job.GetProperty("tenant").GetString(), job.GetProperty("state").GetString()));
        Assert.False(job.TryGetProperty("verdict", out _));
        Assert.Equal(3, job.GetProperty("spec").GetProperty("steps")[0].GetProperty("limits").GetProperty("pids").GetInt32());
    }

    [Fact]
    public async Task The_spec_that_is_shown_can_be_submitted_again()
    {
        var id = (await (await PostAsync(host.Client, Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        var spec = (await (await host.Client.GetAsync($"/v1/jobs/{id}", Stop)).JsonAsync()).GetProperty("spec").GetRawText();

        await (await PostAsync(host.Client, spec)).JsonAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Many_jobs_are_answered_in_their_order()
    {
        var answer = await (await PostAsync(host.Client, """{"jobs":[{"labels":{"n":"0"},"steps":[{"command":["true"]}]},{"labels":{"n":"1"},"steps":[{"command":["true"]}]}]}""")).JsonAsync(HttpStatusCode.Accepted);

        Assert.False(answer.TryGetProperty("id", out _));
        var labels = answer.GetProperty("jobs").EnumerateArray().Select(job => host.Jobs.Jobs[Id(job.GetProperty("id").GetString())].Spec.Labels["n"]);
        Assert.Equal(["0", "1"], labels);
    }

    [Fact]
    public async Task One_bad_job_among_many_refuses_all_and_is_named_by_its_place()
    {
        var before = host.Jobs.Jobs.Count;

        var problems = await (await PostAsync(host.Client, $$"""{"jobs":[{{Smallest}},{"steps":[{"command":[]}]},{"tenant":5}]}""")).ProblemsAsync(HttpStatusCode.BadRequest);

        Assert.Equal(["jobs[1].steps[0].command", "jobs[2].steps", "jobs[2].tenant"], problems.Select(problem => problem.Field).Order());
        Assert.Equal(before, host.Jobs.Jobs.Count);
    }

    [Fact]
    public async Task A_job_without_a_tenant_is_its_keys()
    {
        using var client = host.As(RememberedKeys.Submitter);

        var id = (await (await PostAsync(client, Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();

        Assert.Equal("t1", host.Jobs.Jobs[Id(id)].Spec.Tenant);
    }

    [Fact]
    public async Task Another_tenants_job_is_refused_and_does_not_exist_for_a_key_of_one_tenant()
    {
        using var client = host.As(RememberedKeys.Submitter);
        var foreign = (await (await PostAsync(host.Client, """{"tenant":"t2","steps":[{"command":["true"]}]}""")).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();

        Assert.Equal(("tenant", "foreign_tenant"), Only(await (await PostAsync(client, """{"tenant":"t2","steps":[{"command":["true"]}]}""")).ProblemsAsync(HttpStatusCode.Forbidden)));
        foreach (var path in new[] { "", "/wait?timeoutMs=0", "/events", "/output", "/receipt", "/steps/0/stdout", "/steps/0/outputs/x" })
            Assert.Equal(("id", "unknown_job"), Only(await (await client.GetAsync($"/v1/jobs/{foreign}{path}", Stop)).ProblemsAsync(HttpStatusCode.NotFound)));
        Assert.Equal(("id", "unknown_job"), Only(await (await client.PostAsync($"/v1/jobs/{foreign}/cancel", null, Stop)).ProblemsAsync(HttpStatusCode.NotFound)));
        Assert.Equal(JobState.Queued, host.Jobs.Jobs[Id(foreign)].State);
        Assert.Equal(("tenant", "foreign_tenant"), Only(await (await client.GetAsync("/v1/jobs?tenant=t2", Stop)).ProblemsAsync(HttpStatusCode.Forbidden)));
        await (await client.GetAsync("/v1/jobs", Stop)).JsonAsync();
        Assert.Equal("t1", host.Jobs.LastFilter?.Tenant);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, "missing_key")]
    [InlineData("wrong", HttpStatusCode.Unauthorized, "unknown_key")]
    [InlineData("", HttpStatusCode.Unauthorized, "missing_key")]
    [InlineData(RememberedKeys.Reader, HttpStatusCode.Forbidden, "role_too_low")]
    public async Task A_key_that_may_not_submit_is_turned_away_before_the_body_is_read(string? key, HttpStatusCode status, string code)
    {
        using var client = host.As(key?.Length == 0 ? null : key);
        if (key?.Length == 0)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", "eDp5");

        var response = await PostAsync(client, "not json");

        Assert.Equal(("Authorization", code), Only(await response.ProblemsAsync(status)));
        Assert.Equal(status == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count > 0);
    }

    [Fact]
    public async Task A_replay_gets_the_first_answer_and_another_body_422()
    {
        var key = Guid.NewGuid().ToString();
        var first = (await (await PostAsync(host.Client, Smallest, key)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        var count = host.Jobs.Jobs.Count;

        var replay = await PostAsync(host.Client, Smallest, key);
        Assert.Equal(first, (await replay.JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString());
        Assert.Equal("true", replay.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(("Idempotency-Key", "idempotency_key_reused"), Only(await (await PostAsync(host.Client, Smallest + " ", key)).ProblemsAsync(HttpStatusCode.UnprocessableEntity)));
        Assert.Equal(count, host.Jobs.Jobs.Count);
    }

    [Fact]
    public async Task A_used_up_quota_is_429_with_the_time_to_try_again()
    {
        host.Jobs.NextOutcome = new SubmitOutcome.QuotaExceeded(100, 100, TimeSpan.FromMilliseconds(2500));

        var response = await PostAsync(host.Client, Smallest);

        Assert.Equal(("tenant", "quota_exceeded"), Only(await response.ProblemsAsync(HttpStatusCode.TooManyRequests)));
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(StorageFault.Full, HttpStatusCode.InsufficientStorage, "storage_full")]
    [InlineData(StorageFault.Busy, HttpStatusCode.ServiceUnavailable, "unavailable")]
    [InlineData(StorageFault.Constraint, HttpStatusCode.InternalServerError, "internal_error")]
    internal async Task A_store_that_fails_acknowledges_nothing_and_tells_nothing_of_itself(StorageFault fault, HttpStatusCode status, string code)
    {
        host.Jobs.NextFailure = new StorageException(fault, "secret of the store");

        var response = await PostAsync(host.Client, Smallest);

        Assert.DoesNotContain("secret", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(code, Only(await response.ProblemsAsync(status)).Code);
        Assert.Contains(host.Logged, line => line.Level == (status == HttpStatusCode.InternalServerError ? LogLevel.Error : LogLevel.Warning));
    }

    [Fact]
    public async Task A_list_is_paged_by_its_cursor()
    {
        for (var i = 0; i < 3; i++)
            await (await PostAsync(host.Client, """{"tenant":"paged","steps":[{"command":["true"]}]}""")).JsonAsync(HttpStatusCode.Accepted);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await (await host.Client.GetAsync($"/v1/jobs?tenant=paged&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", Stop)).JsonAsync();
            seen.AddRange(page.GetProperty("jobs").EnumerateArray().Select(job => job.GetProperty("id").GetString()!));
            cursor = page.TryGetProperty("next", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);

        Assert.Equal(3, seen.Distinct().Count());
    }

    [Fact]
    public async Task Every_filter_reaches_the_application()
    {
        await (await host.Client.GetAsync("/v1/jobs?tenant=t1&state=Ended&verdict=MemoryExceeded&label=k%3Dv%3Dw&pool=gpu&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00.5%2B01:00", Stop)).JsonAsync();

        Assert.Equal(
            new JobFilter("t1", JobState.Ended, Verdict.MemoryExceeded, new("k", "v=w"), "gpu", new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 1, 23, 0, 0, 500, TimeSpan.Zero)),
            host.Jobs.LastFilter);
    }

    [Fact]
    public async Task A_wait_is_held_as_long_as_asked()
    {
        var id = (await (await PostAsync(host.Client, Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();

        var job = await (await host.Client.GetAsync($"/v1/jobs/{id}/wait?timeoutMs=1234", Stop)).JsonAsync();
        Assert.Equal("Queued", job.GetProperty("state").GetString());
        Assert.False(job.TryGetProperty("spec", out _));
        Assert.Equal(TimeSpan.FromMilliseconds(1234), host.Jobs.LastWait);
        await (await host.Client.GetAsync($"/v1/jobs/{id}/wait", Stop)).JsonAsync();
        Assert.Equal(TimeSpan.FromSeconds(30), host.Jobs.LastWait);
    }

    [Fact]
    public async Task A_cancellation_says_what_became_of_it()
    {
        var id = (await (await PostAsync(host.Client, Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();

        Assert.Equal("Cancelled", (await (await host.Client.PostAsync($"/v1/jobs/{id}/cancel", null, Stop)).JsonAsync()).GetProperty("outcome").GetString());
        Assert.Equal("AlreadyEnded", (await (await host.Client.PostAsync($"/v1/jobs/{id}/cancel", null, Stop)).JsonAsync()).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_blob_that_the_tenant_does_not_have_is_named_where_it_is_used()
    {
        var (known, unknown) = (BlobDigest.Of("known"u8), BlobDigest.Of("unknown"u8));
        host.Blobs.Blobs[("t1", known)] = "known"u8.ToArray();
        host.Blobs.Blobs[("t2", unknown)] = "unknown"u8.ToArray();
        var job = $$$"""{"tenant":"t1","steps":[{"command":["true"],"stdin":{"blob":"{{{unknown}}}"},"files":[{"path":"a","blob":"{{{known}}}"},{"path":"b","blob":"{{{unknown}}}"}],"expect":{"mode":"exact","blob":"{{{unknown}}}"}}]}""";

        Assert.Equal(
            [("steps[0].stdin.blob", "unknown_blob"), ("steps[0].expect.blob", "unknown_blob"), ("steps[0].files[1].blob", "unknown_blob")],
            (await (await PostAsync(host.Client, job)).ProblemsAsync(HttpStatusCode.BadRequest)).Select(problem => (problem.Field, problem.Code)));
        Assert.Equal("jobs[0].steps[0].stdin.blob", (await (await PostAsync(host.Client, $$"""{"jobs":[{{job}}]}""")).ProblemsAsync(HttpStatusCode.BadRequest))[0].Field);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static JobId Id(string? text) => JobId.TryParse(text, out var id) ? id : throw new FormatException(text);

    private static (string Field, string Code) Only(List<(string Field, string Code, string Message)> problems)
    {
        var (field, code, _) = Assert.Single(problems);
        return (field, code);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await client.SendAsync(request, Stop);
    }
}
