using System.Text.Json;

namespace Corral.EndToEnd.Tests;

/// <summary>submit, wait, get, ls, logs, cancel, usage and agents against a serving coordinator.</summary>
public sealed class JobCommandTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    [Fact]
    public async Task A_job_goes_in_by_stdin_and_comes_back_with_output_and_receipt()
    {
        var submit = await CorralProgram.RunAsync(served.State, ["submit"], """{"tenant": "alpha", "steps": [{"name": "say", "command": ["echo", "hi"], "expect": {"mode": "exact", "text": "hi\n"}}]}""");
        Assert.True(submit.Code == 0, submit.ToString());
        var id = submit.Out.Trim();
        var wait = await served.CorralAsync("wait", id);
        Assert.True(wait is { Code: 0 } && wait.Out == $"{id} Succeeded\n", wait.ToString());
        var job = JsonElement.Parse((await served.CorralAsync("get", "--json", id)).Out);
        var step = job.GetProperty("steps")[0];
        Assert.True(step.GetProperty("facts").GetProperty("outputMatches").GetBoolean());
        Assert.True(job.GetProperty("receipt").GetProperty("totalNano").GetInt64() >= 100_000);
        Assert.Equal("hi\n", (await served.CorralAsync("logs", id)).Out);
        Assert.Contains("say", (await served.CorralAsync("get", id)).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_jobs_go_in_at_once_and_wait_fails_if_one_did_not_succeed()
    {
        var submit = await CorralProgram.RunAsync(served.State, ["submit", "-"], """[{"steps": [{"command": ["true"]}]}, {"steps": [{"command": ["false"]}]}]""");
        var ids = submit.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, ids.Length);
        var wait = await served.CorralAsync(["wait", .. ids]);
        Assert.True(wait.Code == 1, wait.ToString());
        Assert.Equal($"{ids[0]} Succeeded\n{ids[1]} NonZeroExit\n", wait.Out);
    }

    [Fact]
    public async Task A_wrong_job_is_refused_with_every_field_at_fault()
    {
        var submit = await CorralProgram.RunAsync(served.State, ["submit"], """{"priority": 5000, "steps": [{"command": [], "limits": {"memoryBytes": -1}}]}""");
        Assert.True(submit.Code == 2, submit.ToString());
        foreach (var field in (string[])["priority", "steps[0].command", "steps[0].limits.memoryBytes"])
            Assert.Contains(field, submit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_job_is_cancelled()
    {
        var id = (await CorralProgram.RunAsync(served.State, ["submit"], """{"steps": [{"command": ["sleep", "600"], "limits": {"wallTimeMs": 700000}}]}""")).Out.Trim();
        var cancel = await served.CorralAsync("cancel", id);
        Assert.True(cancel.Code == 0, cancel.ToString());
        var wait = await served.CorralAsync("wait", id);
        Assert.True(wait.Code == 1 && wait.Out == $"{id} Cancelled\n", wait.ToString());
    }

    [Fact]
    public async Task Ls_filters_and_pages_and_usage_sums_per_tenant()
    {
        await CorralProgram.RunAsync(served.State, ["submit", "--wait"], $"[{string.Join(',', Enumerable.Repeat("""{"tenant": "pager", "steps": [{"command": ["true"]}]}""", 5))}]");
        var first = JsonElement.Parse((await served.CorralAsync("ls", "--json", "--tenant", "pager", "--state", "Ended", "-n", "3")).Out);
        Assert.Equal(3, first.GetProperty("jobs").GetArrayLength());
        var second = JsonElement.Parse((await served.CorralAsync("ls", "--json", "--tenant", "pager", "-n", "3", "--cursor", first.GetProperty("next").GetString()!)).Out);
        Assert.Equal(2, second.GetProperty("jobs").GetArrayLength());
        var usage = JsonElement.Parse((await served.CorralAsync("usage", "--json", "--tenant", "pager")).Out).GetProperty("totals")[0];
        Assert.Equal(5, usage.GetProperty("jobs").GetInt64());
    }

    [Fact]
    public async Task The_agent_shows_itself_with_its_room()
    {
        var agents = JsonElement.Parse((await served.CorralAsync("agents", "--json")).Out).GetProperty("agents");
        Assert.Equal(1, agents.GetArrayLength());
        Assert.True(agents[0].GetProperty("live").GetBoolean());
        Assert.Contains("cgroups", (await served.CorralAsync("agents")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_job_is_the_callers_fault()
    {
        var end = await served.CorralAsync("get", "01890000-0000-7000-8000-000000000000");
        Assert.True(end.Code == 2, end.ToString());
    }
}
