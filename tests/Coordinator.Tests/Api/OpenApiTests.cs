using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Corral.Coordinator.Application;
using Corral.Shared.Jobs;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Corral.Coordinator.Tests.Api;

public sealed class OpenApiTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task Every_endpoint_is_described()
    {
        var paths = (await DocumentAsync()).GetProperty("paths");
        var mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();

        Assert.True(mapped.Count >= 18);
        foreach (var endpoint in mapped)
        {
            var pattern = endpoint.RoutePattern.RawText!.Replace("{*", "{", StringComparison.Ordinal);
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
                Assert.True(paths.TryGetProperty(pattern, out var path) && path.TryGetProperty(method.ToLowerInvariant(), out _), $"{method} {pattern} is not described.");
        }
    }

    [Fact]
    public async Task The_page_on_the_API_names_every_path()
    {
        var page = await File.ReadAllTextAsync(Page(), TestContext.Current.CancellationToken);

        Assert.All((await DocumentAsync()).GetProperty("paths").EnumerateObject(), path => Assert.Contains($"{path.Name}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_operation_has_an_id_of_its_own_and_every_reference_leads_somewhere()
    {
        var document = await DocumentAsync();
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToList();

        Assert.Equal(operations.Count, operations.Select(operation => operation.Value.GetProperty("operationId").GetString()).Distinct().Count());
        var schema = new PublishedSchema(document);
        Assert.All(References(document).Distinct(), reference => schema.Resolve(JsonElement.Parse($$"""{"$ref":"{{reference}}"}""")));
    }

    [Fact]
    public async Task An_answer_has_only_fields_that_are_described()
    {
        var document = await DocumentAsync();
        var spec = new JobSpec { Tenant = "t1", Steps = [new StepSpec { Name = "a", Command = ["x"] }] };
        var id = JobId.New(TimeProvider.System.GetUtcNow());
        var step = new StepResult { Index = 0, Name = "a", State = StepState.Ended, Verdict = Verdict.NonZeroExit, Facts = new StepFacts { ExitCode = 1 } };
        host.Jobs.Jobs[id] = new JobView
        {
            Id = id,
            Spec = spec,
            State = JobState.Ended,
            Verdict = Verdict.NonZeroExit,
            Version = 3,
            SubmittedAt = default,
            Attempts = [new AttemptView(1, "a1", JobState.Ended, default, null, null, Verdict.NonZeroExit, null, [step])],
        };

        var answer = await (await host.Client.GetAsync($"/v1/jobs/{id}", TestContext.Current.CancellationToken)).JsonAsync();

        AssertDescribed(answer, document.GetProperty("components").GetProperty("schemas").GetProperty("JobAnswer"), new PublishedSchema(document), "job");
    }

    [Fact]
    public async Task Description_and_page_need_no_key()
    {
        using var client = host.As(null);

        Assert.Equal("3.1.1", (await (await client.GetAsync("/openapi/v1.json", TestContext.Current.CancellationToken)).JsonAsync()).GetProperty("openapi").GetString());
        var page = await client.GetAsync("/docs/index.html", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Liveness_readiness_agents_and_usage_answer()
    {
        using var client = host.As(null);
        Assert.Equal("ok", (await (await client.GetAsync("/healthz", TestContext.Current.CancellationToken)).JsonAsync()).GetProperty("status").GetString());
        Assert.Equal("ok", (await (await client.GetAsync("/readyz", TestContext.Current.CancellationToken)).JsonAsync()).GetProperty("status").GetString());
        host.Readiness.StoreReady = false;
        Assert.Equal("unready", (await (await client.GetAsync("/readyz", TestContext.Current.CancellationToken)).JsonAsync(HttpStatusCode.ServiceUnavailable)).GetProperty("status").GetString());

        Assert.Equal("a1", (await (await host.Client.GetAsync("/v1/agents", TestContext.Current.CancellationToken)).JsonAsync()).GetProperty("agents")[0].GetProperty("id").GetString());
        var usage = await (await host.Client.GetAsync("/v1/usage?tenant=t9", TestContext.Current.CancellationToken)).JsonAsync();
        Assert.Equal(("t9", 10_000_000), (usage.GetProperty("totals")[0].GetProperty("tenant").GetString(), usage.GetProperty("rateCard").GetProperty("perCpuSecond").GetInt64()));
        Assert.Equal(0, (await (await host.Client.GetAsync("/v1/usage/records", TestContext.Current.CancellationToken)).JsonAsync()).GetProperty("records").GetArrayLength());
    }

    private static string Page([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/api.md");

    private static void AssertDescribed(JsonElement value, JsonElement schema, PublishedSchema all, string path)
    {
        schema = all.Resolve(schema);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when schema.TryGetProperty("properties", out var properties):
                foreach (var property in value.EnumerateObject())
                {
                    Assert.True(properties.TryGetProperty(property.Name, out var inner), $"{path}.{property.Name} is not described.");
                    AssertDescribed(property.Value, inner, all, $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                    AssertDescribed(item, schema.GetProperty("items"), all, path + "[]");
                break;
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private async Task<JsonElement> DocumentAsync() => JsonElement.Parse(await host.Client.GetByteArrayAsync("/openapi/v1.json", TestContext.Current.CancellationToken));
}
