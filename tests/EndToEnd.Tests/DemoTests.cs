namespace Corral.EndToEnd.Tests;

/// <summary>The demo judges itself: every verdict, fact, receipt and leftover.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("corral-e2e-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Every_verdict_and_fact_of_the_demo_is_as_expected_and_nothing_is_left()
    {
        var end = await CorralProgram.RunAsync(_state, ["demo"]);
        Assert.True(end.Code == 0, end.ToString());
        Assert.Contains("nothing is left behind", end.Out, StringComparison.Ordinal);
        Assert.Empty(KernelLists.Of(_state));
    }
}
