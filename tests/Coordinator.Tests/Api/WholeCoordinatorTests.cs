using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Corral.Coordinator.Api;
using Corral.Coordinator.Application;
using Corral.Coordinator.Tests.Grains;
using Corral.Shared.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

/// <summary>The API before the real application: its store, its grains, its bus.</summary>
public sealed class WholeCoordinatorTests : IAsyncLifetime
{
    private const string Smallest = """{"tenant":"t1","steps":[{"command":["true"]}]}""";

    private CoordinatorHost? coordinator;
    private WebApplication? app;
    private HttpClient? client;

    [Fact]
    public async Task A_job_goes_in_by_HTTP_and_its_end_comes_out()
    {
        var agent = await coordinator!.AgentAsync();
        agent.OnOrder = order => agent.Report(order);

        var id = (await (await PostAsync(Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        var job = await (await client!.GetAsync($"/v1/jobs/{id}/wait?timeoutMs=20000", Stop)).JsonAsync();

        Assert.Equal(("Ended", "Succeeded"), (job.GetProperty("state").GetString(), job.GetProperty("verdict").GetString()));
        var step = Assert.Single(job.GetProperty("steps").EnumerateArray());
        Assert.Equal(("out of step1\n", 5_000_000), (step.GetProperty("stdout").GetProperty("text").GetString(), step.GetProperty("usage").GetProperty("cpuNs").GetInt64()));
        var receipt = await (await client.GetAsync($"/v1/jobs/{id}/receipt", Stop)).JsonAsync();
        Assert.Equal(job.GetProperty("receipt").GetProperty("totalNano").GetInt64(), receipt.GetProperty("totalNano").GetInt64());
        Assert.Equal("out of step1\n", await client.GetStringAsync($"/v1/jobs/{id}/steps/0/stdout", Stop));
        var usage = await (await client.GetAsync("/v1/usage?tenant=t1", Stop)).JsonAsync();
        Assert.Equal(receipt.GetProperty("totalNano").GetInt64(), usage.GetProperty("totals")[0].GetProperty("chargeNano").GetInt64());
        var record = Assert.Single((await (await client.GetAsync("/v1/usage/records?tenant=t1", Stop)).JsonAsync()).GetProperty("records").EnumerateArray());
        Assert.Equal(($"{id}/1", true), (record.GetProperty("attempt").GetString(), record.GetProperty("billable").GetBoolean()));
        Assert.Equal(["Queued", "Placed", "Ended"], await DurableEventsAsync($"/v1/jobs/{id}/events"));
        Assert.Equal("a1", (await (await client.GetAsync("/v1/agents?pool=default", Stop)).JsonAsync()).GetProperty("agents")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Idempotency_and_paging_hold_in_the_store()
    {
        var first = (await (await PostAsync(Smallest, "k1")).JsonAsync(HttpStatusCode.Accepted)).GetRawText();

        Assert.Equal(first, (await (await PostAsync(Smallest, "k1")).JsonAsync(HttpStatusCode.Accepted)).GetRawText());
        await (await PostAsync(Smallest + "\n", "k1")).ProblemsAsync(HttpStatusCode.UnprocessableEntity);
        await (await PostAsync($$"""{"jobs":[{{Smallest}},{{Smallest}}]}""")).JsonAsync(HttpStatusCode.Accepted);
        var page = await (await client!.GetAsync("/v1/jobs?limit=2&state=Queued", Stop)).JsonAsync();
        var rest = await (await client.GetAsync($"/v1/jobs?limit=2&state=Queued&cursor={Uri.EscapeDataString(page.GetProperty("next").GetString()!)}", Stop)).JsonAsync();
        Assert.Equal(3, page.GetProperty("jobs").EnumerateArray().Concat(rest.GetProperty("jobs").EnumerateArray()).Select(job => job.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(("cursor", "bad_format"), (await (await client.GetAsync("/v1/jobs?cursor=nonsense", Stop)).ProblemsAsync(HttpStatusCode.BadRequest)).Select(problem => (problem.Field, problem.Code)).Single());
    }

    [Fact]
    public async Task Blobs_go_through_the_store_and_a_wrong_digest_keeps_nothing()
    {
        var digest = (await (await client!.PostAsync("/v1/blobs?tenant=t1", new ByteArrayContent("abc"u8.ToArray()), Stop)).JsonAsync(HttpStatusCode.Created)).GetProperty("digest").GetString();

        Assert.Equal("abc", await client.GetStringAsync($"/v1/blobs/{digest}?tenant=t1", Stop));
        await (await PostAsync($$$"""{"tenant":"t1","steps":[{"command":["cat"],"stdin":{"blob":"{{{digest}}}"}}]}""")).JsonAsync(HttpStatusCode.Accepted);
        await (await PostAsync($$$"""{"tenant":"t2","steps":[{"command":["cat"],"stdin":{"blob":"{{{digest}}}"}}]}""")).ProblemsAsync(HttpStatusCode.BadRequest);
        var other = Corral.Shared.Jobs.BlobDigest.Of("other"u8);
        await (await client.PutAsync($"/v1/blobs/{other}?tenant=t1", new ByteArrayContent("xyz"u8.ToArray()), Stop)).ProblemsAsync(HttpStatusCode.UnprocessableEntity);
        await (await client.GetAsync($"/v1/blobs/{other}?tenant=t1", Stop)).ProblemsAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task No_bad_input_becomes_a_job_or_an_order()
    {
        var agent = await coordinator!.AgentAsync();
        var openApi = JsonElement.Parse(await client!.GetByteArrayAsync("/openapi/v1.json", Stop));

        foreach (var bad in new BadInputGenerator(openApi, "Job").Cases)
            Assert.True((int)(await PostAsync(bad.Body)).StatusCode is >= 400 and < 500, bad.Name);

        Assert.Equal(0, (await (await client.GetAsync("/v1/jobs", Stop)).JsonAsync()).GetProperty("jobs").GetArrayLength());
        // Orders come in the order jobs are accepted: were there an earlier one, it would be received first.
        var id = (await (await PostAsync(Smallest)).JsonAsync(HttpStatusCode.Accepted)).GetProperty("id").GetString();
        Assert.Equal(id, (await agent.NextOrderAsync()).Attempt.Job.ToString());
        Assert.False(agent.Has<StartAttempts>());
    }

    public async ValueTask InitializeAsync()
    {
        coordinator = await CoordinatorHost.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(coordinator.Jobs).AddSingleton(coordinator.Get<IBlobs>()).AddSingleton(coordinator.Get<IApiKeys>()).AddSingleton(coordinator.Get<IAgents>())
            .AddSingleton(coordinator.Get<IUsage>()).AddSingleton(coordinator.Get<IReadiness>()).AddCorralApi();
        app = builder.Build();
        app.MapCorralApi();
        await app.StartAsync(Stop);
        client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await coordinator.Get<IApiKeys>().CreateFirstAsync(Stop));
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (app is not null)
            await app.DisposeAsync();
        if (coordinator is not null)
            await coordinator.DisposeAsync();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<List<string>> DurableEventsAsync(string path)
    {
        var events = new List<string>();
        await using var stream = await client!.GetStreamAsync(path, Stop);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Stop))
            events.Add(item.EventType);
        return [.. events.Where(kind => kind is "Queued" or "Placed" or "Ended")];
    }

    private async Task<HttpResponseMessage> PostAsync(string body, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await client!.SendAsync(request, Stop);
    }
}
