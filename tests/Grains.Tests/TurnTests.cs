namespace Corral.Grains.Tests;

public sealed class TurnTests(GrainHost host) : IClassFixture<GrainHost>
{
    private IGrainFactory Grains => host.Grains;
    private Stage Stage => host.Stage;

    [Fact]
    public async Task Calls_from_one_caller_run_in_the_order_they_were_made()
    {
        var grain = Grains.GetGrain<ITurnGrain>("order");
        await grain.Append(0);
        await Task.WhenAll(Enumerable.Range(1, 200).Select(grain.Append));
        Assert.Equal(Enumerable.Range(0, 201), await grain.Appended());
    }

    [Fact]
    public async Task Turns_never_overlap_under_concurrent_callers()
    {
        var saw = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Grains.GetGrain<ITurnGrain>("crowd").SawAnotherTurn())));
        Assert.DoesNotContain(true, saw);
    }

    [Fact]
    public async Task Turns_of_a_reentrant_grain_never_overlap_either()
    {
        var saw = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Grains.GetGrain<IReentrantTurnGrain>("crowd").SawAnotherTurn())));
        Assert.DoesNotContain(true, saw);
    }

    [Fact]
    public async Task A_grain_that_awaits_takes_no_other_call_until_it_is_done()
    {
        var grain = Grains.GetGrain<ITurnGrain>("closed");
        var holding = grain.Hold("closed entered", "closed release");
        await Stage.Await("closed entered");
        var second = grain.Hold("closed second", "closed second release");

        // An interleaving call that came later has run: had the second been allowed in, it would have begun by now.
        Stage.Give("closed look release");
        await grain.Interleave("closed look", "closed look release");
        Assert.Equal(0, Stage.Given("closed second"));

        Stage.Give("closed release");
        await holding;
        await Stage.Await("closed second");
        Stage.Give("closed second release");
        await second;
    }

    [Fact]
    public async Task A_reentrant_grain_takes_another_call_while_it_awaits()
    {
        var grain = Grains.GetGrain<IReentrantTurnGrain>("open");
        var holding = grain.Hold("open entered", "open release");
        await Stage.Await("open entered");
        await grain.Append(1);
        Assert.False(holding.IsCompleted);
        Stage.Give("open release");
        await holding;
    }

    [Fact]
    public async Task An_interleaving_method_runs_while_another_call_awaits()
    {
        var grain = Grains.GetGrain<ITurnGrain>("pass");
        var holding = grain.Hold("pass entered", "pass release");
        await Stage.Await("pass entered");
        var interleaved = grain.Interleave("pass beside", "pass beside release");
        await Stage.Await("pass beside");
        Assert.False(holding.IsCompleted);
        Stage.Give("pass beside release");
        await interleaved;
        Stage.Give("pass release");
        await holding;
    }

    [Fact]
    public async Task An_interleaving_call_that_awaits_holds_no_ordinary_call_up()
    {
        var grain = Grains.GetGrain<ITurnGrain>("light");
        var interleaved = grain.Interleave("light entered", "light release");
        await Stage.Await("light entered");
        await grain.Append(1);
        Assert.False(interleaved.IsCompleted);
        Stage.Give("light release");
        await interleaved;
    }

    [Fact]
    public async Task Code_after_an_await_is_back_on_the_grains_own_scheduler() =>
        Assert.True(await Grains.GetGrain<ITurnGrain>("scheduler").KeepsItsScheduler());

    [Fact]
    public async Task A_grain_that_awaits_holds_no_other_grain_up()
    {
        var holding = Grains.GetGrain<ITurnGrain>("one").Hold("one entered", "one release");
        await Stage.Await("one entered");
        await Grains.GetGrain<ITurnGrain>("another").Append(1);
        Assert.False(holding.IsCompleted);
        Stage.Give("one release");
        await holding;
    }

    [Fact]
    public async Task A_call_through_its_own_reference_is_a_later_turn()
    {
        var grain = Grains.GetGrain<ITurnGrain>("self");
        await grain.AppendByReferenceThen(byReference: 2, now: 1);
        var appended = await grain.Appended();
        Assert.Equal([1, 2], appended);
    }

    [Fact]
    public async Task Calls_from_a_thread_of_nobodys_pool_work()
    {
        var answer = new TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => answer.SetResult(Grains.GetGrain<ITurnGrain>("thread").Appended().GetAwaiter().GetResult()));
        thread.Start();
        Assert.Empty(await answer.Task);
    }
}
