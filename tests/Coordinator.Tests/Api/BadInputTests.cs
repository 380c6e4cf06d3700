using System.Net;
using System.Text;
using System.Text.Json;
using Corral.Shared.Jobs.Validation;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

/// <summary>Bad input generated from the published OpenAPI document, never from our validator.</summary>
public sealed class BadInputTests(ApiHost host) : IClassFixture<ApiHost>
{
    // A control names a step or blob that is not there, or a tolerance beside mode exact: right in form, which is all that the description speaks of.
    private static readonly string[] BeyondForm = [ProblemCodes.UnknownStep, ProblemCodes.NeedsItself, "unknown_blob", ProblemCodes.NotApplicable];

    private static readonly Dictionary<string, BadInputCase> Cases = [];

    public static async Task<IEnumerable<TheoryDataRow<string>>> CaseNames()
    {
        await using var published = new ApiHost();
        await published.InitializeAsync();
        var openApi = JsonElement.Parse(await published.Client.GetByteArrayAsync("/openapi/v1.json"));
        foreach (var generator in new[] { new BadInputGenerator(openApi, "Job"), new BadInputGenerator(openApi, "Jobs") })
        {
            // A body without 'jobs' is meant as a single job, and judged as one.
            foreach (var bad in generator.Cases.Where(bad => bad.Fault != "without jobs"))
                Cases.TryAdd(bad.Name, bad);
        }

        return [.. Cases.Keys.Select(name => new TheoryDataRow<string>(name))];
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public async Task What_the_description_forbids_is_refused_with_the_field_at_fault(string name)
    {
        var bad = Cases[name];
        var before = host.Jobs.Submissions;

        var response = await host.Client.PostAsync("/v1/jobs", new StringContent(bad.Body, Encoding.UTF8, "application/json"), Stop);

        var problems = await response.ProblemsAsync();
        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{name}: {response.StatusCode}");
        Assert.Contains(problems, problem => bad.IsPrefix ? problem.Field.StartsWith(bad.Field, StringComparison.Ordinal) : problem.Field == bad.Field);
        Assert.All(problems, problem => BadInput.IsWhole(problem));
        Assert.Equal(before, host.Jobs.Submissions);
        Assert.DoesNotContain(host.Logged, line => line.Level > LogLevel.Information);
    }

    [Fact]
    public async Task Every_property_of_the_description_has_a_rejected_value()
    {
        var openApi = await OpenApiAsync();
        var generator = new BadInputGenerator(openApi, "Job");

        Assert.True(generator.Properties.Count > 40, "The description is not walked.");
        Assert.True(generator.Cases.Count >= 60, $"Only {generator.Cases.Count} cases.");
        Assert.Empty(generator.Properties.Select(property => property.Property).Except(generator.Cases.Select(bad => bad.Property)));
    }

    [Fact]
    public async Task Every_property_is_described_with_its_bounds()
    {
        foreach (var (property, schema) in new BadInputGenerator(await OpenApiAsync(), "Job").Properties)
        {
            Assert.True(schema.TryGetProperty("description", out var description) && description.GetString()!.EndsWith('.'), $"{property} has no description.");
            string[] bounds = PublishedSchema.TypeOf(schema) switch
            {
                "integer" or "number" => ["minimum", "maximum"],
                "array" => ["maxItems"],
                "object" when PublishedSchema.IsMap(schema) => ["maxProperties", "propertyNames"],
                "object" => ["additionalProperties"],
                _ => [],
            };
            Assert.All(bounds, bound => Assert.True(schema.TryGetProperty(bound, out _), $"{property} has no {bound}."));
            if (PublishedSchema.TypeOf(schema) == "string")
                Assert.True(schema.TryGetProperty("enum", out _) || schema.TryGetProperty("maxLength", out _) || schema.TryGetProperty("pattern", out _), $"{property} is a text without bounds.");
        }
    }

    [Fact]
    public async Task The_same_documents_without_the_fault_are_right_in_form()
    {
        foreach (var (property, body) in new BadInputGenerator(await OpenApiAsync(), "Job").Controls())
        {
            var response = await host.Client.PostAsync("/v1/jobs", new StringContent(body, Encoding.UTF8, "application/json"), Stop);
            if (response.StatusCode != HttpStatusCode.Accepted)
                Assert.All(await response.ProblemsAsync(HttpStatusCode.BadRequest), problem => Assert.True(BeyondForm.Contains(problem.Code), $"{property}: {problem} in {body}"));
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<JsonElement> OpenApiAsync() => JsonElement.Parse(await host.Client.GetByteArrayAsync("/openapi/v1.json", Stop));
}
