namespace Corral.Grains.Tests;

public sealed class LifeTests(GrainHost host) : IClassFixture<GrainHost>
{
    private IGrainFactory Grains => host.Grains;
    private Stage Stage => host.Stage;

    [Fact]
    public async Task Concurrent_first_calls_make_one_activation()
    {
        var lives = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Grains.GetGrain<ILifeGrain>("crowd").Life())));
        Assert.All(lives, life => Assert.Equal(1, life));
        Assert.Equal(1, Stage.Given("crowd activating"));
    }

    [Fact]
    public async Task No_call_begins_before_activation_is_done()
    {
        var grain = Grains.GetGrain<ILifeGrain>("first-slow");
        var call = grain.Append(7);
        await Stage.Await("first-slow activating");
        Assert.False(call.IsCompleted);
        Stage.Give("first-slow may activate");
        await call;
        Assert.Equal(["first-slow activated", "first-slow life 1 got 7"], Stage.Record("first-slow"));
    }

    [Fact]
    public async Task A_reference_activates_nothing_until_it_is_called()
    {
        var grain = Grains.GetGrain<ILifeGrain>("unborn");
        Assert.Equal(0, Stage.Given("unborn activating"));
        Assert.Equal(1, await grain.Life());
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("Plain")]
    [InlineData("with space")]
    [InlineData("slash/colon:plus+at@")]
    [InlineData("größe-日本")]
    public async Task A_grain_knows_the_very_key_it_was_asked_by(string key)
    {
        var grain = Grains.GetGrain<ILifeGrain>(key);
        Assert.Equal(key, await grain.Key());
        Assert.Equal(key, grain.GetPrimaryKeyString());
    }

    [Fact]
    public void References_to_one_grain_are_equal()
    {
        Assert.Equal(Grains.GetGrain<ILifeGrain>("same"), Grains.GetGrain<ILifeGrain>("same"));
        Assert.NotEqual(Grains.GetGrain<ILifeGrain>("same"), Grains.GetGrain<ILifeGrain>("other"));
    }

    [Fact]
    public async Task The_call_after_a_deactivation_finds_a_fresh_grain()
    {
        var grain = Grains.GetGrain<ILifeGrain>("again");
        Assert.Equal(1, await grain.Life());
        await grain.Leave();
        Assert.Equal(2, await grain.Life());
        Assert.Equal(["again activated", "again deactivated ApplicationRequested", "again activated"], Stage.Record("again"));
    }

    [Fact]
    public async Task Deactivation_waits_for_the_call_that_runs_and_later_calls_go_to_the_next_life_in_order()
    {
        var grain = Grains.GetGrain<ILifeGrain>("handover");
        var leaving = grain.LeaveThenHold("handover entered", "handover release");
        await Stage.Await("handover entered");
        var late = Enumerable.Range(1, 3).Select(grain.Append).ToList();
        Assert.Equal(["handover activated"], Stage.Record("handover"));
        Stage.Give("handover release");
        await leaving;
        await Task.WhenAll(late);
        Assert.Equal(
            ["handover activated", "handover held", "handover deactivated ApplicationRequested", "handover activated"],
            Stage.Record("handover").Take(4));
        Assert.Equal(
            ["handover life 2 got 1", "handover life 2 got 2", "handover life 2 got 3"], Stage.Record("handover").Skip(4).Order());
    }

    [Fact]
    public async Task A_grain_that_fails_in_OnActivateAsync_fails_the_call_and_the_next_call_activates_anew()
    {
        var grain = Grains.GetGrain<IFailsInOnActivateGrain>("x");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(grain.Life);
        Assert.Contains("The first activation fails.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, await grain.Life());
    }

    [Fact]
    public async Task A_grain_whose_constructor_fails_fails_the_call_and_the_next_call_activates_anew()
    {
        var grain = Grains.GetGrain<IFailsInConstructorGrain>("x");
        var failure = await Assert.ThrowsAnyAsync<Exception>(grain.Life);
        Assert.Contains("The first activation fails.", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await grain.Life());
    }

    [Fact]
    public async Task An_idle_grain_is_collected_and_comes_back_fresh()
    {
        var grain = Grains.GetGrain<ILifeGrain>("idle");
        await grain.Life();
        await host.CollectIdleAsync();
        await Stage.Await("idle deactivated");
        Assert.Equal(["idle activated", "idle deactivated ActivationIdle"], Stage.Record("idle"));
        Assert.Equal(2, await grain.Life());
    }

    [Fact]
    public async Task A_busy_grain_is_not_collected()
    {
        var grain = Grains.GetGrain<ILifeGrain>("busy");
        var holding = grain.Hold("busy entered", "busy release");
        await Stage.Await("busy entered");
        await host.CollectIdleAsync();
        Stage.Give("busy release");
        await holding;
        Assert.Equal(1, await grain.Life());
    }

    [Fact]
    public async Task Stopping_the_host_deactivates_every_grain()
    {
        await using var own = new GrainHost();
        await own.InitializeAsync();
        await Task.WhenAll(own.Grains.GetGrain<ILifeGrain>("a").Life(), own.Grains.GetGrain<ILifeGrain>("b").Life());
        await own.StopAsync();
        Assert.Equal(["a activated", "a deactivated ShuttingDown"], own.Stage.Record("a "));
        Assert.Equal(["b activated", "b deactivated ShuttingDown"], own.Stage.Record("b "));
    }
}
