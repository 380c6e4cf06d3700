namespace Corral.EndToEnd.Tests;

/// <summary>What the program answers to a wrong line, and without a coordinator.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("corral-e2e-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("ls", "--no-such-option")]
    [InlineData("ls", "--state", "Sideways")]
    [InlineData("get")]
    [InlineData("get", "not-an-id")]
    [InlineData("cancel")]
    [InlineData("usage", "--from", "yesterday-ish")]
    [InlineData("submit", "/there/is/no/such/file.json")]
    [InlineData("up", "--set", "without-a-value")]
    [InlineData("ls", "--url", "gopher://somewhere")]
    public async Task A_wrong_line_ends_with_2_and_says_why_on_stderr(params string[] line)
    {
        var end = await CorralProgram.RunAsync(_state, line);
        Assert.True(end.Code == 2, end.ToString());
        Assert.StartsWith("corral: ", end.Error, StringComparison.Ordinal);
        Assert.Empty(end.Out);
    }

    [Theory]
    [InlineData("run", "--memory", "a-lot", "--", "true")]
    [InlineData("run", "--cpu-time", "soon", "--", "true")]
    [InlineData("run", "--memory", "1K", "--", "true")]
    [InlineData("run", "--env", "NAMELESS", "--", "true")]
    [InlineData("run", "--file", "a=/there/is/no/such/file", "--", "true")]
    [InlineData("run")]
    public async Task A_wrong_run_ends_with_125(params string[] line)
    {
        var end = await CorralProgram.RunAsync(_state, line);
        Assert.True(end.Code == 125, end.ToString());
        Assert.StartsWith("corral: ", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_wrong_option_is_named_at_once()
    {
        var end = await CorralProgram.RunAsync(_state, ["up", "--set", "Up:Listen=nowhere", "--set", "Coordinator:Lease=00:00:00", "--set", "Coordinator:MaxQueuedPerTenant=0"]);
        Assert.True(end.Code == 2, end.ToString());
        Assert.Contains("Up:Listen", end.Error, StringComparison.Ordinal);
        Assert.Contains("Coordinator:Lease", end.Error, StringComparison.Ordinal);
        Assert.Contains("Coordinator:MaxQueuedPerTenant", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_coordinator_a_client_command_says_how_to_start_one()
    {
        var end = await CorralProgram.RunAsync(_state, ["ls"]);
        Assert.True(end.Code == 2, end.ToString());
        Assert.Contains("corral up", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_runs_through_a_link_from_anywhere_without_building_again()
    {
        await CorralProgram.RunAsync(_state, ["version"]);
        var link = Path.Combine(_state, "linked");
        File.CreateSymbolicLink(link, CorralProgram.Script);
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(link, ["version", "--json"])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var end = await CorralProgram.FinishAsync(process, "version");
        Assert.True(end.Code == 0, end.ToString());
        Assert.Equal("0.1.0", System.Text.Json.JsonElement.Parse(end.Out).GetProperty("version").GetString()![..5]);
        Assert.Empty(end.Error);
    }

    [Fact]
    public async Task Doctor_finds_nothing_that_is_needed_and_missing_here()
    {
        var end = await CorralProgram.RunAsync(_state, ["doctor"]);
        Assert.True(end.Code == 0, end.ToString());
        Assert.Contains("seccomp", end.Out, StringComparison.Ordinal);
    }
}
