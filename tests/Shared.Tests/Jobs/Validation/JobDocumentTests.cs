using System.Text;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class JobDocumentTests
{
    private static readonly JobDocument Document = new(JobRules.Default);

    [Fact]
    public void The_smallest_document_gets_every_default()
    {
        var (spec, problems) = Parse("""{"steps":[{"command":["true"]}]}""");

        Assert.Empty(problems);
        var step = Assert.Single(spec!.Steps);
        Assert.Equal(("default", "default", 0, true, 3), (spec.Tenant, spec.Pool, spec.Priority, spec.StopOnFailure, spec.MaxAttempts));
        Assert.Equal(("step1", "host", Workspace.Shared, new ResourceLimits()), (step.Name, step.Image, step.Workspace, step.Limits));
        Assert.Null(step.Needs);
        Assert.Null(step.Stdin);
    }

    [Fact]
    public void The_document_of_the_design_is_a_job()
    {
        var digest = BlobDigest.Of("x"u8);
        var (spec, problems) = Parse($$$"""
            {"tenant": "t1", "pool": "default", "priority": 0, "labels": {},
             "steps": [
              {"name": "build", "image": "host", "command": ["cc", "-O2", "-o", "/box/a", "/box/a.c"], "env": {}, "stdin": {"text": ""},
               "files": [{"path": "a.c", "text": "…"}], "outputs": ["*.log"],
               "limits": {"cpus": 1.0, "memoryBytes": 268435456, "pids": 64, "cpuTimeMs": 2000, "wallTimeMs": 10000, "outputBytes": 67108864, "captureBytes": 65536,
                          "scratchBytes": 67108864, "scratchInodes": 10000, "openFiles": 256, "stackBytes": 8388608}},
              {"name": "t1", "needs": ["build"], "workspace": {"from": "build"}, "command": ["/box/a"], "stdin": {"blob": "{{{digest}}}"}, "expect": {"mode": "tokens", "blob": "{{{digest}}}"}}]}
            """);

        Assert.Empty(problems);
        Assert.Equal(new Workspace(WorkspaceKind.From, "build"), spec!.Steps[1].Workspace);
        Assert.Equal(new Expectation(ExpectMode.Tokens, new Content(null, digest)), spec.Steps[1].Expect);
        Assert.Equal(2000, spec.Steps[0].Limits.CpuTimeMs);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        var (spec, problems) = Parse("""
            {"tenant": "NO", "priority": 5000, "what": 1, "steps": [
              {"name": "a", "command": [], "limits": {"memoryBytes": -1, "pids": "many"}},
              {"name": "a", "command": ["x"], "files": [{"path": "../x", "text": ""}, {"path": "/x", "text": "", "blob": "sha256:0"}], "needs": ["zzz"]}]}
            """);

        Assert.Null(spec);
        Assert.Equal(
            [
                ("what", ProblemCodes.UnknownField), ("steps[0].command", ProblemCodes.TooShort), ("steps[0].limits.memoryBytes", ProblemCodes.OutOfRange),
                ("steps[0].limits.pids", ProblemCodes.WrongType), ("steps[1].files[0].path", ProblemCodes.PathEscapes),
                ("steps[1].files[1]", ProblemCodes.ExactlyOne), ("steps[1].files[1].path", ProblemCodes.PathEscapes), ("steps[1].files[1].blob", ProblemCodes.BadFormat),
                ("tenant", ProblemCodes.BadFormat), ("priority", ProblemCodes.OutOfRange),
                ("steps[1].name", ProblemCodes.DuplicateStep), ("steps[1].needs[0]", ProblemCodes.UnknownStep),
            ],
            problems.Select(problem => (problem.Field, problem.Code)));
    }

    [Theory]
    [InlineData("""[]""", "", "wrong_type")]
    [InlineData("""{"steps":[{"command":["true"]}],"steps":[]}""", "steps", "duplicate_field")]
    [InlineData("""{"steps":[{"command":["true"],"command":["true"]}]}""", "steps[0].command", "duplicate_field")]
    [InlineData("""{"steps":[{"command":["a\u0000b"]}]}""", "steps[0].command[0]", "contains_nul")]
    [InlineData("""{"steps":[{"command":[""]}]}""", "steps[0].command[0]", "too_short")]
    [InlineData("""{"steps":[{"command":["\ud800"]}]}""", "steps[0].command[0]", "not_unicode")]
    [InlineData("""{"steps":[{"command":["true"],"\ud800":1}]}""", "steps[0]['\uFFFD']", "unknown_field")]
    [InlineData("""{"steps":[{"command":["true"],"env":{"\ud800":"x"}}]}""", "steps[0].env['\uFFFD']", "not_unicode")]
    [InlineData("""{"steps":[{"command":["true"],"env":{"A=B":"x"}}]}""", "steps[0].env['A=B']", "bad_format")]
    [InlineData("""{"steps":[{"command":["true"],"env":{"A":"x","A":"y"}}]}""", "steps[0].env.A", "duplicate_field")]
    [InlineData("""{"steps":[{"command":["true"],"env":{"A":"\u0000"}}]}""", "steps[0].env.A", "contains_nul")]
    [InlineData("""{"steps":[{"command":["true"],"image":"debian:12"}]}""", "steps[0].image", "unknown_image")]
    [InlineData("""{"steps":[{"command":["true"],"workspace":"mine"}]}""", "steps[0].workspace", "unknown_value")]
    [InlineData("""{"steps":[{"command":["true"],"workspace":7}]}""", "steps[0].workspace", "wrong_type")]
    [InlineData("""{"steps":[{"command":["true"],"workspace":{"from":"x"}}]}""", "steps[0].workspace.from", "unknown_step")]
    [InlineData("""{"steps":[{"name":"a","command":["true"],"workspace":{"from":"a"}}]}""", "steps[0].workspace.from", "needs_itself")]
    [InlineData("""{"steps":[{"name":"a","command":["true"],"needs":["a"]}]}""", "steps[0].needs[0]", "needs_itself")]
    [InlineData("""{"steps":[{"name":"a","command":["true"]},{"command":["true"],"needs":["a","a"]}]}""", "steps[1].needs[1]", "duplicate_entry")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"cpus":1e999}}]}""", "steps[0].limits.cpus", "out_of_range")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"pids":1e999}}]}""", "steps[0].limits.pids", "out_of_range")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"pids":1.5}}]}""", "steps[0].limits.pids", "wrong_type")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"pids":99999999999999999999}}]}""", "steps[0].limits.pids", "out_of_range")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"memoryBytes":1125899906842624}}]}""", "steps[0].limits.memoryBytes", "out_of_range")]
    [InlineData("""{"steps":[{"command":["true"],"stdin":{}}]}""", "steps[0].stdin", "exactly_one")]
    [InlineData("""{"steps":[{"command":["true"],"expect":{"text":""}}]}""", "steps[0].expect.mode", "missing_field")]
    [InlineData("""{"steps":[{"command":["true"],"expect":{"mode":"exact","text":"","tolerance":0.1}}]}""", "steps[0].expect.tolerance", "not_applicable")]
    [InlineData("""{"steps":[{"command":["true"],"files":[{"path":"a//b","text":""}]}]}""", "steps[0].files[0].path", "bad_path")]
    [InlineData("""{"steps":[{"command":["true"],"files":[{"path":"a/./b","text":""}]}]}""", "steps[0].files[0].path", "bad_path")]
    [InlineData("""{"steps":[{"command":["true"],"files":[{"path":"a/","text":""}]}]}""", "steps[0].files[0].path", "bad_path")]
    [InlineData("""{"steps":[{"command":["true"],"files":[{"path":"a","text":""},{"path":"a","text":""}]}]}""", "steps[0].files[1].path", "duplicate_path")]
    [InlineData("""{"steps":[{"command":["true"],"files":[{"path":"a/b/c","text":""},{"path":"a.x","text":""},{"path":"a","text":""}]}]}""", "steps[0].files[0].path", "path_is_parent")]
    [InlineData("""{"steps":[{"command":["true"],"outputs":["/etc/*"]}]}""", "steps[0].outputs[0]", "path_escapes")]
    [InlineData("""{"steps":[{"command":["true"],"outputs":["a/../../*"]}]}""", "steps[0].outputs[0]", "path_escapes")]
    [InlineData("""{"steps":[{"command":["true"],"stdin":null}]}""", "steps[0].stdin", "wrong_type")]
    [InlineData("""{"steps":[null]}""", "steps[0]", "wrong_type")]
    [InlineData("""{"steps":[]}""", "steps", "too_short")]
    [InlineData("""{}""", "steps", "missing_field")]
    [InlineData("""{"labels":{"":"x"},"steps":[{"command":["true"]}]}""", "labels['']", "too_short")]
    [InlineData("""{"steps":[{"command":["true"]}],}""", "", "malformed_json")]
    [InlineData("""{"steps":[{"command":["true"]}]} {}""", "", "malformed_json")]
    [InlineData("""{"steps":[{"command":["true"],"limits":{"cpus":NaN}}]}""", "", "malformed_json")]
    [InlineData("", "", "empty_body")]
    public void One_fault_gives_one_problem(string document, string field, string code)
    {
        var (spec, problems) = Parse(document);

        Assert.Null(spec);
        var problem = Assert.Single(problems);
        Assert.Equal((field, code), (problem.Field, problem.Code));
        Assert.EndsWith(".", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_named_by_their_place()
    {
        var (spec, problems) = Document.Parse((byte[])[.. """{"tenant":"ab"""u8, 0xff, 0xfe, .. "\"}"u8]);

        Assert.Null(spec);
        Assert.Equal(ProblemCodes.NotUtf8, Assert.Single(problems).Code);
        Assert.Contains("byte 13 ", problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_deep_document_is_refused_where_it_gets_too_deep()
    {
        var (_, problems) = Parse(new string('[', 100_000));

        Assert.Equal(ProblemCodes.MalformedJson, Assert.Single(problems).Code);
    }

    [Fact]
    public void A_hostile_document_gets_a_bounded_answer()
    {
        var (_, problems) = Parse($$"""{"steps":[{"command":[{{string.Join(",", Enumerable.Repeat("\"\\ud800\"", 100_000))}}]}]}""");

        Assert.Equal(ProblemList.Most + 1, problems.Count);
        Assert.Equal(ProblemCodes.MoreProblems, problems[^1].Code);
    }

    [Fact]
    public void Texts_are_bounded_one_by_one_and_together()
    {
        var big = new string('x', 1 << 20);
        string Job(int files, string text) => $$"""{"steps":[{"command":["true"],"files":[{{string.Join(",", Enumerable.Range(0, files).Select(i => $$"""{"path":"f{{i}}","text":"{{text}}"}"""))}}]}]}""";

        Assert.Empty(Parse(Job(4, big)).Problems);
        Assert.Equal(("steps", ProblemCodes.SumTooLarge), Only(Parse(Job(5, big)).Problems));
        Assert.Equal(("steps[0].files[0].text", ProblemCodes.TooLong), Only(Parse(Job(1, big + "x")).Problems));
        // 400,000 characters of three bytes.
        Assert.Equal(("steps[0].files[0].text", ProblemCodes.TooLong), Only(Parse(Job(1, new string('€', 400_000))).Problems));
    }

    [Fact]
    public void Command_and_environment_are_bounded_together()
    {
        var half = new string('x', 70_000);

        Assert.Equal(("steps[0].command", ProblemCodes.SumTooLarge), Only(Parse($$$"""{"steps":[{"command":["true","{{{half}}}"],"env":{"A":"{{{half}}}"}}]}""").Problems));
    }

    [Fact]
    public void A_reservation_above_what_the_operator_allows_is_refused()
    {
        var rules = JobRules.Default with { MaxReservedCpus = 4, MaxReservedMemoryBytes = 2L << 30 };
        var step = """{"command":["true"],"needs":[],"parallel":true,"workspace":"fresh","limits":{"cpus":2,"memoryBytes":1073741824}}""";

        Assert.Empty(new JobDocument(rules).Parse(Encoding.UTF8.GetBytes($$"""{"steps":[{{step}},{{step}}]}""")).Problems);
        var problems = new JobDocument(rules).Parse(Encoding.UTF8.GetBytes($$"""{"steps":[{{step}},{{step}},{{step}}]}""")).Problems;
        Assert.Equal([("steps", ProblemCodes.SumTooLarge), ("steps", ProblemCodes.SumTooLarge)], problems.Select(problem => (problem.Field, problem.Code)));
    }

    private static (string, string) Only(IReadOnlyList<Problem> problems)
    {
        var problem = Assert.Single(problems);
        return (problem.Field, problem.Code);
    }

    private static (JobSpec? Spec, IReadOnlyList<Problem> Problems) Parse(string document) => Document.Parse(Encoding.UTF8.GetBytes(document));
}
