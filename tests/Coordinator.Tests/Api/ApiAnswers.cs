using System.Net;
using System.Text.Json;

namespace Corral.Coordinator.Tests.Api;

/// <summary>Reads answers, and shows them where they are not the expected ones.</summary>
internal static class ApiAnswers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, HttpStatusCode expected = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.StatusCode == expected, $"Expected {expected}, got {response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(text);
    }

    /// <summary>The errors of a problem answer, which must be whole.</summary>
    public static async Task<List<(string Field, string Code, string Message)>> ProblemsAsync(this HttpResponseMessage response, HttpStatusCode? expected = null)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected is null || response.StatusCode == expected, $"Expected {expected}, got {response.StatusCode}: {text}");
        Assert.True("application/problem+json" == response.Content.Headers.ContentType?.MediaType, $"Not a problem but {response.StatusCode} {response.Content.Headers.ContentType}: {text}");
        var problem = JsonElement.Parse(text);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.StartsWith("urn:corral:problem:", problem.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        var errors = problem.GetProperty("errors").EnumerateArray()
            .Select(error => (error.GetProperty("field").GetString()!, error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!)).ToList();
        Assert.NotEmpty(errors);
        return errors;
    }
}
