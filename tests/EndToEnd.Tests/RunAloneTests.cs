namespace Corral.EndToEnd.Tests;

/// <summary><c>corral run</c> where nothing serves the state folder.</summary>
public sealed class RunAloneTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("corral-e2e-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task It_just_works_and_leaves_no_process_and_no_group()
    {
        var end = await CorralProgram.RunAsync(_state, ["run", "--", "sh", "-c", "echo hello; exit 3"]);
        Assert.True(end is { Code: 3, Out: "hello\n" }, end.ToString());
        Assert.Empty(KernelLists.Of(_state));
    }

    [Fact]
    public async Task A_url_left_by_a_killed_server_does_not_confuse_it()
    {
        await File.WriteAllTextAsync(Path.Combine(_state, "url"), "http://127.0.0.1:1\n", TestContext.Current.CancellationToken);
        var end = await CorralProgram.RunAsync(_state, ["run", "--", "echo", "hello"]);
        Assert.True(end is { Code: 0, Out: "hello\n" }, end.ToString());
    }
}
