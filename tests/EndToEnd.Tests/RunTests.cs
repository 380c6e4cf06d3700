using System.Text.Json;

namespace Corral.EndToEnd.Tests;

/// <summary><c>corral run</c> against a serving coordinator: output, exit codes, limits.</summary>
public sealed class RunTests(ServedFolder served) : IClassFixture<ServedFolder>
{
    [Theory]
    [InlineData(0, "true")]
    [InlineData(7, "sh", "-c", "exit 7")]
    [InlineData(127, "no-such-program")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(139, "sh", "-c", "kill -SEGV $$")]
    [InlineData(134, "sh", "-c", "kill -ABRT $$")]
    public async Task It_ends_as_the_program_does(int code, params string[] command)
    {
        var end = await served.CorralAsync(["run", "--", .. command]);
        Assert.True(end.Code == code, end.ToString());
    }

    [Theory]
    [InlineData(124, "--cpu-time", "100ms", "--", "sh", "-c", "while :; do :; done")]
    [InlineData(124, "--wall-time", "100ms", "--", "sleep", "60")]
    [InlineData(137, "--memory", "16M", "--", "sh", "-c", "x=x; while :; do x=$x$x; done")]
    [InlineData(153, "--output", "10K", "--", "yes")]
    public async Task A_limit_that_is_reached_ends_it_with_the_documented_code(int code, params string[] line)
    {
        var end = await served.CorralAsync(["run", .. line]);
        Assert.True(end.Code == code, end.ToString());
        Assert.Contains(line[0], end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stdout_and_stderr_arrive_apart_and_whole()
    {
        var end = await served.CorralAsync("run", "--", "sh", "-c", "seq 20000; echo oops >&2");
        Assert.True(end.Code == 0, end.ToString());
        Assert.Equal(string.Concat(Enumerable.Range(1, 20_000).Select(n => $"{n}\n")), end.Out);
        Assert.Equal("oops\n", end.Error);
    }

    [Fact]
    public async Task Stdin_files_and_variables_reach_the_program()
    {
        var file = Path.Combine(served.State, "note.txt");
        await File.WriteAllTextAsync(file, "from a file\n", TestContext.Current.CancellationToken);
        var end = await CorralProgram.RunAsync(
            served.State,
            ["run", "--stdin", "-", "--file", $"sub/note.txt={file}", "--env", "WORD=from a variable", "--", "sh", "-c", "cat; cat /box/sub/note.txt; echo $WORD"],
            "from stdin\n");
        Assert.True(end.Code == 0, end.ToString());
        Assert.Equal("from stdin\nfrom a file\nfrom a variable\n", end.Out);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_survive_the_way_in_and_out()
    {
        var file = Path.Combine(served.State, "bytes");
        var bytes = new byte[300_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var end = await served.CorralAsync("run", "--stdin", file, "--", "sha256sum");
        Assert.True(end.Code == 0, end.ToString());
        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), end.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_carries_the_verdict_and_the_facts()
    {
        var end = await served.CorralAsync("run", "--json", "--", "sh", "-c", "exit 9");
        Assert.True(end.Code == 9, end.ToString());
        var job = JsonElement.Parse(end.Out);
        Assert.Equal("NonZeroExit", job.GetProperty("verdict").GetString());
        Assert.Equal(9, job.GetProperty("steps")[0].GetProperty("facts").GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task A_bad_limit_is_named_by_its_field()
    {
        var end = await served.CorralAsync("run", "--memory", "1K", "--", "true");
        Assert.True(end.Code == 125, end.ToString());
        Assert.Contains("memoryBytes", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_arrives_while_the_program_runs()
    {
        using var process = CorralProgram.Start(served.State, ["run", "--stdin", "/dev/null", "--", "sh", "-c", "echo first; sleep 600"]);
        Assert.Equal("first", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.False(process.HasExited);
        // Ctrl-C reaches the program and the wrapper: the job ends with its command line.
        Assert.Equal(0, ServedFolder.Signal(process, 2));
        var end = await CorralProgram.FinishAsync(process, "run");
        Assert.True(end.Code == 130, end.ToString());
        var newest = JsonElement.Parse((await served.CorralAsync("ls", "--json", "--verdict", "Cancelled")).Out);
        Assert.NotEqual(0, newest.GetProperty("jobs").GetArrayLength());
    }
}
