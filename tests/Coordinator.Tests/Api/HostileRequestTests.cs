using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corral.Coordinator.Tests.Api;

/// <summary>Bad input that no description of fields can forbid, written by hand: bytes, sums, references, media types, several faults at once.</summary>
public sealed class HostileRequestTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Escape = """{"steps":[{"command":["true"],"files":[{"path":"PATH","text":""}]}]}""";
    private const string Limits = "cpus memoryBytes pids cpuTimeMs wallTimeMs outputBytes captureBytes scratchBytes scratchInodes openFiles stackBytes";

    public static TheoryData<string, string, string> Documents()
    {
        var documents = new TheoryData<string, string, string>();
        void Add(string name, string body, params string[] faults) => documents.Add(name, body, string.Join(' ', faults));

        Add("an empty body", "", ":empty_body");
        Add("white space", " \n ", ":malformed_json");
        Add("truncated JSON", """{"steps":[{"command":["true"]""", ":malformed_json");
        Add("something after the end", """{"steps":[{"command":["true"]}]}x""", ":malformed_json");
        Add("a comment", """{/* */"steps":[{"command":["true"]}]}""", ":malformed_json");
        Add("NaN", """{"priority":NaN,"steps":[{"command":["true"]}]}""", ":malformed_json");
        Add("a list where a job should be", "[]", ":wrong_type");
        Add("null where a job should be", "null", ":wrong_type");
        Add("nesting without end", new string('[', 200_000), ":malformed_json");
        Add("deep nesting in a field", $$"""{"steps":{{new string('[', 40)}}{{new string(']', 40)}}}""", ":malformed_json");
        Add("half of a surrogate pair", """{"steps":[{"command":["\ud800"]}]}""", "steps[0].command[0]:not_unicode");
        Add("half of a surrogate pair as a field", """{"steps":[{"command":["true"]}],"\udfff":1}""", "['\uFFFD']:unknown_field");
        Add("NUL in argv", """{"steps":[{"command":["echo","a\u0000b"]}]}""", "steps[0].command[1]:contains_nul");
        Add("NUL in the environment", """{"steps":[{"command":["true"],"env":{"A":"a\u0000b"}}]}""", "steps[0].env.A:contains_nul");
        Add("NUL in a path", Escape.Replace("PATH", "a\\u0000b", StringComparison.Ordinal), "steps[0].files[0].path:contains_nul");
        Add("an empty command", """{"steps":[{"command":[]}]}""", "steps[0].command:too_short");
        Add("an empty program", """{"steps":[{"command":["","x"]}]}""", "steps[0].command[0]:too_short");
        Add("an unknown image", """{"steps":[{"command":["true"],"image":"debian:12"}]}""", "steps[0].image:unknown_image");
        Add("an absolute path", Escape.Replace("PATH", "/etc/passwd", StringComparison.Ordinal), "steps[0].files[0].path:path_escapes");
        Add("a path upwards", Escape.Replace("PATH", "../etc/passwd", StringComparison.Ordinal), "steps[0].files[0].path:path_escapes");
        Add("a path upwards in the middle", Escape.Replace("PATH", "a/../../b", StringComparison.Ordinal), "steps[0].files[0].path:path_escapes");
        Add("a path upwards, escaped", Escape.Replace("PATH", "\\u002e\\u002e/b", StringComparison.Ordinal), "steps[0].files[0].path:path_escapes");
        Add("the path of the workspace itself", Escape.Replace("PATH", ".", StringComparison.Ordinal), "steps[0].files[0].path:bad_path");
        Add("a file name of 256 bytes", Escape.Replace("PATH", new string('n', 256), StringComparison.Ordinal), "steps[0].files[0].path:bad_path");
        Add("a path of 4096 bytes", Escape.Replace("PATH", string.Join('/', Enumerable.Repeat(new string('n', 240), 17)), StringComparison.Ordinal), "steps[0].files[0].path:too_long");
        Add("a pattern that leads out", """{"steps":[{"command":["true"],"outputs":["*.log","../**"]}]}""", "steps[0].outputs[1]:path_escapes");
        Add("two files of one path", """{"steps":[{"command":["true"],"files":[{"path":"a","text":""},{"path":"a","text":"x"}]}]}""", "steps[0].files[1].path:duplicate_path");
        Add("a file that is a directory of another", """{"steps":[{"command":["true"],"files":[{"path":"a","text":""},{"path":"a/b","text":""}]}]}""", "steps[0].files[1].path:path_is_parent");
        Add("text and blob", """{"steps":[{"command":["true"],"stdin":{"text":"","blob":"sha256:BAD"}}]}""", "steps[0].stdin:exactly_one", "steps[0].stdin.blob:bad_format");
        Add("a field twice", """{"tenant":"a","tenant":"b","steps":[{"command":["true"]}]}""", "tenant:duplicate_field");
        Add("a field twice, once escaped", """{"tenant":"a","\u0074enant":"b","steps":[{"command":["true"]}]}""", "tenant:duplicate_field");
        Add("a label twice", """{"labels":{"k":"a","k":"b"},"steps":[{"command":["true"]}]}""", "labels.k:duplicate_field");
        Add("steps in a circle", """{"steps":[{"name":"a","command":["x"],"needs":["b"]},{"name":"b","command":["x"],"needs":["a"]}]}""", "steps[0].needs:cyclic_needs", "steps[1].needs:cyclic_needs");
        Add("a step that needs itself", """{"steps":[{"name":"a","command":["x"],"needs":["a"]}]}""", "steps[0].needs[0]:needs_itself");
        Add("a step that needs nobody", """{"steps":[{"name":"a","command":["x"],"needs":["ghost"]}]}""", "steps[0].needs[0]:unknown_step");
        Add("the workspace of nobody", """{"steps":[{"name":"a","command":["x"],"workspace":{"from":"ghost"}}]}""", "steps[0].workspace.from:unknown_step");
        Add("two steps of one name", """{"steps":[{"name":"a","command":["x"]},{"name":"a","command":["x"]}]}""", "steps[1].name:duplicate_step");
        Add("a name that a nameless step has", """{"steps":[{"name":"step2","command":["x"]},{"command":["x"]}]}""", "steps[1].name:duplicate_step");
        Add("a writer into a frozen workspace", """{"steps":[{"name":"a","command":["x"]},{"command":["x"],"workspace":{"from":"a"}},{"command":["x"]}]}""", "steps[2].workspace:workspace_frozen");
        Add("files for a read-only workspace", """{"steps":[{"name":"a","command":["x"]},{"command":["x"],"workspace":{"from":"a"},"files":[{"path":"f","text":""}]}]}""", "steps[1].files:workspace_read_only");
        Add("a tolerance beside exact", """{"steps":[{"command":["x"],"expect":{"mode":"exact","text":"","tolerance":0.5}}]}""", "steps[0].expect.tolerance:not_applicable");
        Add("a digest that is a path", """{"steps":[{"command":["x"],"stdin":{"blob":"sha256:../../../../etc/passwd"}}]}""", "steps[0].stdin.blob:bad_format");
        Add("a blob that nobody stored", $$$"""{"steps":[{"command":["x"],"stdin":{"blob":"sha256:{{{new string('0', 64)}}}"}}]}""", "steps[0].stdin.blob:unknown_blob");
        Add("every limit negative", Every("-1"), [.. Limits.Split(' ').Select(limit => $"steps[0].limits.{limit}:out_of_range")]);
        Add("every limit absurd", Every("1e999"), [.. Limits.Split(' ').Select(limit => $"steps[0].limits.{limit}:out_of_range")]);
        Add("every limit a text", Every("\"1\""), [.. Limits.Split(' ').Select(limit => $"steps[0].limits.{limit}:wrong_type")]);
        Add("a number of 100,000 digits", Every(new string('9', 100_000)), [.. Limits.Split(' ').Select(limit => $"steps[0].limits.{limit}:out_of_range")]);
        Add("more memory together than one attempt may have", $$"""{"steps":[{{string.Join(',', Enumerable.Repeat("""{"command":["x"],"needs":[],"parallel":true,"workspace":"fresh","limits":{"memoryBytes":68719476736}}""", 3))}}]}""", "steps:sum_too_large");
        Add("more text together than a job may hold", $$"""{"steps":[{"command":["x"],"files":[{{string.Join(',', Enumerable.Range(0, 5).Select(i => $$"""{"path":"f{{i}}","text":"{{new string('x', 1 << 20)}}"}"""))}}]}]}""", "steps:sum_too_large");
        Add("a longer command than the kernel takes", $$"""{"steps":[{"command":["x","{{new string('x', 100_000)}}","{{new string('x', 100_000)}}"]}]}""", "steps[0].command:sum_too_large");
        Add("tenants mixed in one request", """{"jobs":[{"tenant":"a","steps":[{"command":["x"]}]},{"tenant":"b","steps":[{"command":["x"]}]}]}""", "jobs[1].tenant:mixed_tenants");
        Add("no jobs", """{"jobs":[]}""", "jobs:too_short");
        Add("a job beside jobs", """{"jobs":[{"steps":[{"command":["x"]}]}],"steps":[{"command":["x"]}]}""", "steps:unknown_field");
        Add("many faults in many places", """{"tenant":"T!","pool":"","priority":1e9,"x":1,"steps":[{"command":"true","stdin":5,"limits":{"pids":0,"y":1}},{"name":"b","command":["\u0000"],"needs":["b"],"files":[{"path":"/x","text":1}]}]}""",
            "tenant:bad_format", "pool:too_short", "priority:out_of_range", "x:unknown_field", "steps[0].command:wrong_type", "steps[0].stdin:wrong_type", "steps[0].limits.pids:out_of_range",
            "steps[0].limits.y:unknown_field", "steps[1].command[0]:contains_nul", "steps[1].needs[0]:needs_itself", "steps[1].files[0].path:path_escapes", "steps[1].files[0].text:wrong_type");
        return documents;
    }

    private static string Every(string value) => $$$"""{"steps":[{"command":["true"],"limits":{{{{string.Join(',', Limits.Split(' ').Select(limit => $"\"{limit}\":{value}"))}}}}}]}""";

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task A_bad_document_is_refused_with_exactly_its_faults(string name, string body, string faults)
    {
        var problems = await RefusedAsync(await PostAsync(Encoding.UTF8.GetBytes(body)), HttpStatusCode.BadRequest);

        Assert.True(
            problems.Select(problem => $"{problem.Field}:{problem.Code}").Order(StringComparer.Ordinal).SequenceEqual(faults.Split(' ').Order(StringComparer.Ordinal)),
            $"For {name} expected {faults}, got {string.Join(' ', problems.Select(problem => $"{problem.Field}:{problem.Code}"))}");
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused() =>
        Assert.Equal("not_utf8", Assert.Single(await RefusedAsync(await PostAsync([.. "{\"tenant\":\""u8, 0xc3, 0x28, .. "\"}"u8]), HttpStatusCode.BadRequest)).Code);

    [Fact]
    public async Task UTF16_is_refused() =>
        Assert.Equal("not_utf8", Assert.Single(await RefusedAsync(await PostAsync([0xff, 0xfe, .. Encoding.Unicode.GetBytes("{}")]), HttpStatusCode.BadRequest)).Code);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_10_MB_is_refused_whether_or_not_it_says_its_length(bool saysLength)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs") { Content = new ByteArrayContent(new byte[10_000_000]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = !saysLength;

        Assert.Equal("body_too_large", Assert.Single(await RefusedAsync(await host.Client.SendAsync(request, Stop), HttpStatusCode.RequestEntityTooLarge)).Code);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("text/plain", null)]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/json", "gzip")]
    public async Task A_body_of_another_type_is_refused(string? type, string? encoding)
    {
        using var content = new ByteArrayContent("""{"steps":[{"command":["true"]}]}"""u8.ToArray());
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);

        var problem = Assert.Single(await RefusedAsync(await host.Client.PostAsync("/v1/jobs", content, Stop), HttpStatusCode.UnsupportedMediaType));
        Assert.Equal((encoding is null ? "Content-Type" : "Content-Encoding", "unsupported_media_type"), (problem.Field, problem.Code));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("naïve")]
    [InlineData("LONG")]
    public async Task A_bad_idempotency_key_is_told_together_with_the_bad_document(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/jobs?x=1") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key == "LONG" ? new string('k', 256) : key == "naïve" ? "a\u007f" : key);

        var problems = await RefusedAsync(await host.Client.SendAsync(request, Stop), HttpStatusCode.BadRequest);

        Assert.Equal(["Idempotency-Key:bad_format", "steps:missing_field", "x:unknown_field"], problems.Select(problem => $"{problem.Field}:{problem.Code}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, ":unknown_path")]
    [InlineData("GET", "/", HttpStatusCode.NotFound, ":unknown_path")]
    [InlineData("PUT", "/v1/jobs", HttpStatusCode.MethodNotAllowed, ":method_not_allowed")]
    [InlineData("DELETE", "/v1/agents", HttpStatusCode.MethodNotAllowed, ":method_not_allowed")]
    [InlineData("GET", "/v1/jobs/1", HttpStatusCode.BadRequest, "id:bad_format")]
    [InlineData("GET", "/v1/jobs/00000000-0000-0000-0000-00000000000A", HttpStatusCode.BadRequest, "id:bad_format")]
    [InlineData("GET", "/v1/jobs/00000000-0000-0000-0000-000000000000", HttpStatusCode.NotFound, "id:unknown_job")]
    [InlineData("GET", "/v1/jobs/..%2f..%2fetc/wait?timeoutMs=-1&x=1", HttpStatusCode.BadRequest, "id:bad_format timeoutMs:out_of_range x:unknown_field")]
    [InlineData("GET", "/v1/jobs/1/wait?timeoutMs=300001", HttpStatusCode.BadRequest, "id:bad_format timeoutMs:out_of_range")]
    [InlineData("GET", "/v1/jobs/1/wait?timeoutMs=1&timeoutMs=2", HttpStatusCode.BadRequest, "id:bad_format timeoutMs:duplicate_field")]
    [InlineData("POST", "/v1/jobs/1/cancel?force=true", HttpStatusCode.BadRequest, "force:unknown_field id:bad_format")]
    [InlineData("GET", "/v1/jobs/1/steps/0/stdout?follow=yes", HttpStatusCode.BadRequest, "follow:wrong_type id:bad_format")]
    [InlineData("GET", "/v1/jobs?state=Over&verdict=ended&limit=0&label=x&pool=A&tenant=&from=yesterday&to=2026-11-01T00:00:00&cursor=%00&page=2", HttpStatusCode.BadRequest,
        "from:bad_format label:bad_format limit:out_of_range page:unknown_field pool:bad_format state:unknown_value tenant:bad_format to:bad_format verdict:unknown_value")]
    [InlineData("GET", "/v1/jobs?limit=ten", HttpStatusCode.BadRequest, "limit:wrong_type")]
    [InlineData("GET", "/v1/jobs?limit=99999999999999999999", HttpStatusCode.BadRequest, "limit:wrong_type")]
    [InlineData("GET", "/v1/jobs?cursor=nonsense", HttpStatusCode.BadRequest, "cursor:bad_format")]
    [InlineData("GET", "/v1/usage?from=2026-13-01T00:00:00Z&tenant=A", HttpStatusCode.BadRequest, "from:bad_format tenant:bad_format")]
    [InlineData("GET", "/v1/usage/records?limit=1001&cursor=x", HttpStatusCode.BadRequest, "limit:out_of_range")]
    [InlineData("GET", "/v1/usage/records?cursor=x", HttpStatusCode.BadRequest, "cursor:bad_format")]
    [InlineData("GET", "/v1/agents?pool=..", HttpStatusCode.BadRequest, "pool:bad_format")]
    [InlineData("GET", "/v1/blobs/sha256:xyz?tenant=A", HttpStatusCode.BadRequest, "digest:bad_format tenant:bad_format")]
    [InlineData("GET", "/v1/blobs/sha256:0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound, "digest:unknown_blob")]
    [InlineData("PUT", "/v1/blobs/md5:0", HttpStatusCode.BadRequest, "digest:bad_format")]
    public async Task A_bad_path_or_query_is_refused_with_every_field_at_fault(string method, string target, HttpStatusCode status, string faults)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Address, target));

        var problems = await RefusedAsync(await host.Client.SendAsync(request, Stop), status);

        Assert.Equal(faults, string.Join(' ', problems.Select(problem => $"{problem.Field}:{problem.Code}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_caller_that_accepts_no_JSON_is_told_so()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs");
        request.Headers.Accept.ParseAdd("image/png, application/json;q=0");

        Assert.Equal(("Accept", "not_acceptable"), Only(await RefusedAsync(await host.Client.SendAsync(request, Stop), HttpStatusCode.NotAcceptable)));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("text/html, */*;q=0.1")]
    public async Task A_caller_that_accepts_JSON_in_any_way_gets_it(string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs");
        request.Headers.Accept.ParseAdd(accept);

        await (await host.Client.SendAsync(request, Stop)).JsonAsync();
    }

    [Fact]
    public async Task A_bad_event_id_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/jobs/00000000-0000-0000-0000-000000000000/events");
        request.Headers.Add("Last-Event-ID", "-1");

        Assert.Equal(("Last-Event-ID", "bad_format"), Only(await RefusedAsync(await host.Client.SendAsync(request, Stop), HttpStatusCode.BadRequest)));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static (string Field, string Code) Only(List<(string Field, string Code, string Message)> problems)
    {
        var (field, code, _) = Assert.Single(problems);
        return (field, code);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await host.Client.PostAsync("/v1/jobs", content, Stop);
    }

    /// <summary>The errors of a refusal of the caller's own fault: whole, with nothing handed on and nothing logged above Information.</summary>
    private async Task<List<(string Field, string Code, string Message)>> RefusedAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var problems = await response.ProblemsAsync(status);
        Assert.All(problems, BadInput.IsWhole);
        Assert.Equal(0, host.Jobs.Submissions);
        Assert.DoesNotContain(host.Logged, line => line.Level > LogLevel.Information);
        return problems;
    }
}
