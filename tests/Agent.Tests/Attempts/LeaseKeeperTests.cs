using Corral.Agent.Attempts;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.Tests.Attempts;

public sealed class LeaseKeeperTests : IAsyncDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly FakeClock _clock = new();
    private readonly RecordingLink _link = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(TimeSpan Remaining, bool First)> _moves = [];
    private readonly List<AttemptId> _fenced = [];
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LeaseKeeper _keeper;
    private Task _loop = Task.CompletedTask;

    public LeaseKeeperTests() =>
        _keeper = new LeaseKeeper(_link, _clock, Second, NullLogger<LeaseKeeper>.Instance)
        {
            Instance = Guid.Empty,
            Introduce = () => new AgentStarted("a1", Guid.Empty, "default", new AgentCapacity(1, 1, 1), new Dictionary<string, string>(), "6", "v2", [], "1"),
            Held = () => [],
            Moved = (remaining, first) => _moves.Add((remaining, first)),
            Lost = () => _lost.TrySetResult(),
            Fenced = _fenced.AddRange,
        };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    // The loop sleeps on the clock between two messages: wait for it to be asleep before the clock moves.
    private async Task<T> AfterAsync<T>(TimeSpan time)
    {
        var asleep = _clock.NextTimerAsync();
        _clock.Advance(time);
        var message = await _link.NextAsync<T>();
        await asleep;
        return message;
    }

    private async Task WelcomeAsync(long epoch = 1)
    {
        var asleep = _clock.NextTimerAsync();
        _loop = _keeper.RunAsync(_stop.Token);
        await _link.NextAsync<AgentStarted>();
        await asleep;
        _keeper.On(new AgentWelcomed("a1", Guid.Empty, epoch, 5000, []));
    }

    [Fact]
    public async Task It_asks_until_it_is_welcomed_and_then_renews_at_once()
    {
        await WelcomeAsync();

        Assert.Equal((1, 1), ((await _link.NextAsync<RenewLease>()).Epoch, _keeper.Epoch));
        Assert.True(_keeper.Holds(1));
        Assert.False(_keeper.Holds(0));
        Assert.Equal((TimeSpan.FromSeconds(5), true), Assert.Single(_moves));
    }

    [Fact]
    public async Task Without_renewals_it_is_lost_after_its_length_and_asked_for_anew()
    {
        await WelcomeAsync();
        await _link.NextAsync<RenewLease>();
        for (var i = 0; i < 4; i++)
            await AfterAsync<RenewLease>(Second);
        Assert.False(_lost.Task.IsCompleted);

        await AfterAsync<AgentStarted>(Second);

        Assert.True(_lost.Task.IsCompleted);
        Assert.False(_keeper.Holds(1));
        Assert.Equal(0, _keeper.Epoch);
    }

    [Fact]
    public async Task An_answered_renewal_moves_the_end_and_fences_what_is_no_longer_ours()
    {
        await WelcomeAsync();
        await _link.NextAsync<RenewLease>();
        var renewal = await AfterAsync<RenewLease>(Second);
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        var other = Some.Attempt();

        _keeper.On(new LeaseRenewed("a1", 1, renewal.Renewal, 5000, [other]));

        Assert.Equal((TimeSpan.FromSeconds(4.7), false), _moves[^1]);
        Assert.Equal(other, Assert.Single(_fenced));
    }

    [Fact]
    public async Task A_refusal_asks_anew_and_ends_nothing_by_itself()
    {
        await WelcomeAsync(epoch: 3);
        await _link.NextAsync<RenewLease>();

        _keeper.On(new LeaseRefused("a1", 2));
        Assert.Equal(3, _keeper.Epoch);
        _keeper.On(new LeaseRefused("a1", 3));

        await _link.NextAsync<AgentStarted>();
        Assert.Equal(0, _keeper.Epoch);
        Assert.False(_lost.Task.IsCompleted);
    }

    [Fact]
    public async Task A_bus_that_is_down_does_not_hide_the_end_of_the_lease()
    {
        await WelcomeAsync();
        await _link.NextAsync<RenewLease>();
        _link.IsDown = true;
        for (var i = 0; i < 5; i++)
        {
            var asleep = _clock.NextTimerAsync();
            _clock.Advance(Second);
            await asleep;
        }

        await _lost.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_welcome_to_an_earlier_process_is_none()
    {
        var asleep = _clock.NextTimerAsync();
        _loop = _keeper.RunAsync(_stop.Token);
        await asleep;

        _keeper.On(new AgentWelcomed("a1", Guid.NewGuid(), 9, 5000, []));

        Assert.Equal(0, _keeper.Epoch);
    }

    [Fact]
    public async Task Work_that_waits_for_the_lease_starts_when_it_is_held()
    {
        var waiting = _keeper.WaitHeldAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);

        await WelcomeAsync();

        await waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}
