using System.Diagnostics;
using System.Text.Json;

namespace Corral.EndToEnd.Tests;

/// <summary><c>corral up</c>: what it prints, its lock, its stop, and what a second start finds.</summary>
public sealed class UpTests : IAsyncDisposable
{
    private readonly ServedFolder _served = new();

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task The_printed_curl_line_works_as_it_stands()
    {
        await _served.StartAsync();
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", _served.Welcome.GetProperty("curl").GetString()!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var end = await CorralProgram.FinishAsync(shell, "curl");
        Assert.True(end.Code == 0, end.ToString());
        var id = JsonElement.Parse(end.Out).GetProperty("id").GetString()!;
        var wait = await _served.CorralAsync("wait", id);
        Assert.True(wait.Code == 0, wait.ToString());
    }

    [Fact]
    public async Task The_key_is_the_owners_alone_and_other_keys_are_refused()
    {
        await _served.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_served.State, "api-key")));
        var end = await _served.CorralAsync("ls", "--key", "not-the-key");
        Assert.True(end.Code == 2, end.ToString());
        Assert.DoesNotContain(_served.Key, end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_folder_says_who_holds_it()
    {
        await _served.StartAsync();
        var end = await _served.CorralAsync("up", "--listen", "127.0.0.1:0");
        Assert.True(end.Code == 2, end.ToString());
        Assert.Contains(_served.State, end.Error, StringComparison.Ordinal);
        Assert.Contains(_served.Welcome.GetProperty("pid").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sigterm_ends_it_with_0_and_leaves_nothing()
    {
        await _served.StartAsync();
        var run = await _served.CorralAsync("run", "--", "true");
        Assert.True(run.Code == 0, run.ToString());
        var end = await _served.StopAsync();
        Assert.True(end.Code == 0, end.ToString());
        Assert.Empty(KernelLists.Of(_served.State));
    }

    [Fact]
    public async Task Jobs_and_their_results_are_there_after_a_restart()
    {
        await _served.StartAsync();
        var run = await _served.CorralAsync("run", "--json", "--", "echo", "remember me");
        var id = JsonElement.Parse(run.Out).GetProperty("id").GetString()!;
        var before = (await _served.CorralAsync("get", "--json", id)).Out;
        var key = _served.Key;
        await _served.StopAsync();

        await _served.StartAsync();
        Assert.Equal(before, (await _served.CorralAsync("get", "--json", id)).Out);
        Assert.Equal("remember me\n", (await _served.CorralAsync("logs", id)).Out);
        Assert.Equal(key, _served.Key);
    }

    [Fact]
    public async Task A_job_that_waits_at_the_stop_runs_after_the_next_start()
    {
        await _served.StartAsync();
        // Bigger than any agent's room for as long as the first start lasts, by its share of the processors.
        var busy = Path.Combine(_served.State, "busy.json");
        await File.WriteAllTextAsync(busy, $"[{string.Join(',', Enumerable.Repeat("""{"steps": [{"command": ["sleep", "0.2"]}]}""", 20))}]", TestContext.Current.CancellationToken);
        var ids = (await _served.CorralAsync("submit", busy)).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(20, ids.Length);
        await _served.StopAsync();

        await _served.StartAsync();
        var end = await _served.CorralAsync(["wait", .. ids]);
        Assert.True(end.Code == 0, end.ToString());
    }
}
