namespace Corral.Grains.Tests;

public sealed class TimerTests(GrainHost host) : IClassFixture<GrainHost>
{
    private static readonly TimeSpan s_due = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(3);

    private Stage Stage => host.Stage;

    [Fact]
    public async Task A_timer_ticks_when_due_and_then_each_period()
    {
        var grain = Grain("steady");
        await grain.Start(s_due, s_period, interleave: false);
        host.Clock.Advance(s_due - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await grain.Ticks());
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await TickedAsync(grain, "steady", 1);
        host.Clock.Advance(s_period);
        await TickedAsync(grain, "steady", 2);
        host.Clock.Advance(s_period);
        await TickedAsync(grain, "steady", 3);
        await grain.Dispose();
    }

    [Fact]
    public async Task A_timer_without_a_period_ticks_once()
    {
        var grain = Grain("single");
        await grain.Start(s_due, Timeout.InfiniteTimeSpan, interleave: false);
        host.Clock.Advance(s_due);
        await TickedAsync(grain, "single", 1);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await grain.Ticks());
    }

    [Fact]
    public async Task A_tick_waits_for_the_call_that_runs()
    {
        var grain = Grain("patient");
        await grain.Start(s_due, s_period, interleave: false);
        var holding = grain.Hold("patient entered", "patient release");
        await Stage.Await("patient entered");
        host.Clock.Advance(s_due);
        Stage.Give("patient release");
        await holding;
        await Stage.Await("patient tick");
        Assert.Equal(["patient held, ticks 0"], Stage.Record("patient held"));
        await grain.Dispose();
    }

    [Fact]
    public async Task An_interleaving_timer_ticks_while_a_call_awaits()
    {
        var grain = Grain("eager");
        await grain.Start(s_due, s_period, interleave: true);
        var holding = grain.Hold("eager entered", "eager release");
        await Stage.Await("eager entered");
        host.Clock.Advance(s_due);
        await Stage.Await("eager tick");
        Stage.Give("eager release");
        await holding;
        Assert.Equal(["eager held, ticks 1"], Stage.Record("eager held"));
        await grain.Dispose();
    }

    [Fact]
    public async Task A_disposed_timer_ticks_no_more()
    {
        var grain = Grain("stopped");
        await grain.Start(s_due, s_period, interleave: false);
        host.Clock.Advance(s_due);
        await TickedAsync(grain, "stopped", 1);
        await grain.Dispose();
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await grain.Ticks());
    }

    [Fact]
    public async Task A_timer_may_dispose_itself_in_its_tick()
    {
        var grain = Grain("suicidal");
        await grain.StartOnce(s_due, s_period);
        host.Clock.Advance(s_due);
        await TickedAsync(grain, "suicidal", 1);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await grain.Ticks());
        Assert.Equal(["suicidal token cancelled: True"], Stage.Record("suicidal token"));
    }

    [Fact]
    public async Task A_timer_ends_with_its_activation()
    {
        var grain = Grain("mortal");
        await grain.Start(s_due, s_period, interleave: false);
        await grain.Leave();
        Assert.Equal(0, await grain.Ticks());
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await grain.Ticks());
        Assert.Equal(0, Stage.Given("mortal tick"));
    }

    [Fact]
    public async Task A_tick_that_throws_does_not_stop_the_timer()
    {
        var grain = Grain("clumsy");
        await grain.StartThrowing(s_due, s_period);
        host.Clock.Advance(s_due);
        await TickedAsync(grain, "clumsy", 1);
        host.Clock.Advance(s_period);
        await TickedAsync(grain, "clumsy", 2);
        await grain.Dispose();
    }

    [Fact]
    public async Task A_changed_timer_follows_its_new_times()
    {
        var grain = Grain("moved");
        await grain.Start(s_due, s_period, interleave: false);
        await grain.Change(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(1));
        host.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await grain.Ticks());
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await TickedAsync(grain, "moved", 1);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await TickedAsync(grain, "moved", 2);
        await grain.Dispose();
    }

    private ITimerGrain Grain(string key) => host.Grains.GetGrain<ITimerGrain>(key);

    /// <summary>The call that asks is a turn after the tick's last, so the timer is set for its next tick when it answers.</summary>
    private async Task TickedAsync(ITimerGrain grain, string key, int times)
    {
        await Stage.Await($"{key} tick", times);
        Assert.Equal(times, await grain.Ticks());
    }
}
