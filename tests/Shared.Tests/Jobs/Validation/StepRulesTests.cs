using System.Text;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class StepRulesTests
{
    private static readonly JobDocument Document = new(JobRules.Default);

    [Fact]
    public void Every_step_of_a_circle_is_named_and_no_other()
    {
        var problems = Problems(
            """{"name":"a","command":["x"],"needs":["c"]}""",
            """{"name":"b","command":["x"],"needs":["a"]}""",
            """{"name":"c","command":["x"],"needs":["b"]}""",
            """{"name":"d","command":["x"],"needs":["c"]}""",
            """{"name":"e","command":["x"],"needs":[]}""");

        Assert.Equal([("steps[0].needs", "cyclic_needs"), ("steps[1].needs", "cyclic_needs"), ("steps[2].needs", "cyclic_needs")], problems);
    }

    [Fact]
    public void Two_circles_are_both_named() => Assert.Equal(
        [("steps[0].needs", "cyclic_needs"), ("steps[1].needs", "cyclic_needs"), ("steps[2].needs", "cyclic_needs"), ("steps[3].needs", "cyclic_needs")],
        Problems(
            """{"name":"a","command":["x"],"needs":["b"]}""", """{"name":"b","command":["x"],"needs":["a"]}""",
            """{"name":"c","command":["x"],"needs":["d","a"]}""", """{"name":"d","command":["x"],"needs":["c"]}"""));

    [Fact]
    public void A_step_without_needs_waits_for_the_one_before_it_also_in_a_circle() => Assert.Equal(
        [("steps[0].needs", "cyclic_needs"), ("steps[1].needs", "cyclic_needs")],
        Problems("""{"name":"a","command":["x"],"needs":["b"]}""", """{"name":"b","command":["x"]}"""));

    [Fact]
    public void A_circle_through_a_workspace_names_the_workspace() => Assert.Equal(
        [("steps[0].workspace", "cyclic_needs"), ("steps[1].workspace", "cyclic_needs")],
        Problems(
            """{"name":"a","command":["x"],"needs":[],"workspace":{"from":"b"}}""",
            """{"name":"b","command":["x"],"needs":[],"workspace":{"from":"a"}}"""));

    [Fact]
    public void A_chain_as_long_as_the_list_is_walked_without_recursion()
    {
        var steps = Enumerable.Range(0, 1000).Select(i => $$"""{"name":"s{{i}}","command":["x"],"needs":["s{{(i + 1) % 1000}}"]}""").ToArray();

        Assert.Equal(ProblemList.Most + 1, Problems(steps).Count);
    }

    [Fact]
    public void Compile_once_and_run_many_is_allowed() => Assert.Empty(Problems(
        """{"name":"build","command":["x"],"files":[{"path":"a.c","text":""}]}""",
        """{"name":"t1","command":["x"],"needs":["build"],"workspace":{"from":"build"},"parallel":true}""",
        """{"name":"t2","command":["x"],"needs":["build"],"workspace":{"from":"build"},"parallel":true}"""));

    [Fact]
    public void A_writer_after_the_freeze_is_refused() => Assert.Equal(
        [("steps[2].workspace", "workspace_frozen")],
        Problems(
            """{"name":"build","command":["x"]}""",
            """{"name":"test","command":["x"],"workspace":{"from":"build"}}""",
            """{"name":"more","command":["x"]}"""));

    [Fact]
    public void A_writer_that_may_run_beside_the_freeze_is_refused() => Assert.Equal(
        [("steps[0].workspace", "workspace_frozen")],
        Problems(
            """{"name":"side","command":["x"],"needs":[],"parallel":true}""",
            """{"name":"build","command":["x"],"needs":[],"parallel":true}""",
            """{"name":"test","command":["x"],"needs":["build"],"workspace":{"from":"build"}}"""));

    [Fact]
    public void A_writer_before_the_freeze_is_allowed() => Assert.Empty(Problems(
        """{"name":"fetch","command":["x"]}""",
        """{"name":"build","command":["x"]}""",
        """{"name":"test","command":["x"],"workspace":{"from":"build"}}"""));

    [Fact]
    public void Two_steps_cannot_both_freeze_the_shared_workspace() => Assert.Equal(
        [("steps[1].workspace", "workspace_frozen")],
        Problems(
            """{"name":"a","command":["x"]}""",
            """{"name":"b","command":["x"]}""",
            """{"name":"c","command":["x"],"workspace":{"from":"a"}}""",
            """{"name":"d","command":["x"],"workspace":{"from":"b"}}"""));

    [Fact]
    public void Files_for_a_read_only_workspace_are_refused() => Assert.Equal(
        [("steps[1].files", "workspace_read_only")],
        Problems(
            """{"name":"build","command":["x"]}""",
            """{"name":"test","command":["x"],"workspace":{"from":"build"},"files":[{"path":"in","text":""}]}"""));

    [Fact]
    public void A_name_that_could_not_be_read_gives_no_second_problem() => Assert.Equal(
        [("steps[0].name", "wrong_type")],
        Problems("""{"name":5,"command":["x"]}""", """{"name":"b","command":["x"],"needs":["a"]}"""));

    private static List<(string Field, string Code)> Problems(params string[] steps) =>
        [.. Document.Parse(Encoding.UTF8.GetBytes($$"""{"steps":[{{string.Join(",", steps)}}]}""")).Problems.Select(problem => (problem.Field, problem.Code))];
}
