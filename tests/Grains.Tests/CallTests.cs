namespace Corral.Grains.Tests;

public sealed class CallTests(GrainHost host) : IClassFixture<GrainHost>
{
    /// <summary>What [ResponseTimeout] says on the methods that are meant to run into it.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    private Stage Stage => host.Stage;

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_result_comes_back_as_it_was(string? text) => Assert.Equal(text, await Grain("echo").Echo(text));

    [Fact]
    public async Task An_exception_reaches_the_caller_and_the_grain_goes_on()
    {
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => Grain("thrower").Fail("no such thing"));
        Assert.Equal("no such thing", failure.Message);
        failure = await Assert.ThrowsAsync<ArgumentException>(() => Grain("thrower").FailAfterAwait("not this either"));
        Assert.Equal("not this either", failure.Message);
        Assert.Equal("still here", await Grain("thrower").Echo("still here"));
    }

    [Fact]
    public async Task Grains_call_grains() => Assert.Equal(10, await Grain("chain").CountDown(10));

    [Fact]
    public async Task Cancelling_a_call_frees_the_caller_and_reaches_the_grain_in_a_turn()
    {
        using var source = new CancellationTokenSource();
        var call = Grain("cancelled").AwaitCancellation("cancelled entered", "cancelled seen", source.Token);
        await Stage.Await("cancelled entered");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Stage.Await("cancelled seen");
        Assert.Equal(["cancelled seen in a turn: True"], Stage.Record("cancelled seen"));
    }

    /// <summary>Whether it still runs is not promised: on a silo the cancellation may arrive after its turn.</summary>
    [Fact]
    public async Task A_call_that_is_cancelled_while_it_waits_frees_its_caller_at_once()
    {
        using var source = new CancellationTokenSource();
        var grain = Grain("queue");
        var holding = grain.Hold("queue entered", "queue release");
        await Stage.Await("queue entered");
        var waiting = grain.NoteRun("queue ran", source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(holding.IsCompleted);
        Stage.Give("queue release");
        await holding;
        Assert.Equal("still here", await grain.Echo("still here"));
    }

    [Fact]
    public async Task A_call_with_a_cancelled_token_is_never_made()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grain("never").NoteRun("never ran", new CancellationToken(canceled: true)));
        await Grain("never").Echo("a turn later");
        Assert.Empty(Stage.Record("never ran"));
    }

    [Fact]
    public async Task A_token_that_cannot_be_cancelled_is_fine()
    {
        await Grain("calm").NoteRun("calm ran", CancellationToken.None);
        Assert.Equal(["calm ran"], Stage.Record("calm ran"));
    }

    [Fact]
    public async Task A_cycle_of_calls_times_out()
    {
        var cycle = Grain("first").Cycle("second", "cycle closed");
        await Stage.Await("cycle closed");
        host.PassTimeLimit(s_limit);
        await Assert.ThrowsAsync<TimeoutException>(() => cycle.WaitAsync(TimeSpan.FromSeconds(20), TestToken));
        Assert.Equal("free again", await Grain("first").Echo("free again").WaitAsync(TimeSpan.FromSeconds(20), TestToken));
        Assert.Equal("free again", await Grain("second").Echo("free again").WaitAsync(TimeSpan.FromSeconds(20), TestToken));
    }

    [Fact]
    public async Task A_call_that_times_out_goes_on_in_the_grain_and_one_that_waited_behind_it_never_runs()
    {
        var grain = Grain("late");
        var holding = grain.HoldWithTimeLimit("late entered", "late release");
        await Stage.Await("late entered");
        var waiting = grain.NoteRunWithTimeLimit("late ran");
        host.PassTimeLimit(s_limit);
        await Assert.ThrowsAsync<TimeoutException>(() => holding);
        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Stage.Give("late release");
        Assert.Equal("next", await grain.Echo("next"));
        Assert.Empty(Stage.Record("late ran"));
    }

    private ICallGrain Grain(string key) => host.Grains.GetGrain<ICallGrain>(key);
}
