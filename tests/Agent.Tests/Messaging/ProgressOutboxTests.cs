using Corral.Agent.Messaging;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.Tests.Messaging;

public sealed class ProgressOutboxTests : IAsyncDisposable
{
    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(20);
    private readonly FakeClock _clock = new();
    private readonly RecordingLink _link = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ProgressOutbox _outbox;
    private readonly Task _loop;

    public ProgressOutboxTests()
    {
        _outbox = new ProgressOutbox("a1", _link, Some.Lease(_clock), _clock, NullLogger<ProgressOutbox>.Instance);
        _loop = _outbox.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    [Fact]
    public async Task Starts_and_ends_gather_and_leave_together()
    {
        var (first, second) = (Some.Attempt(), Some.Attempt());
        var gathering = _clock.NextTimerAsync();
        _outbox.Send(Item(first, ProgressKind.Started));
        await gathering;
        _outbox.Send(Item(first, ProgressKind.StepStarted));
        _outbox.Send(Item(second, ProgressKind.Started));
        Assert.False(_link.Has<AttemptsProgressed>());

        _clock.Advance(s_gathering);

        var message = await _link.NextAsync<AttemptsProgressed>();
        Assert.Equal("a1", message.AgentId);
        Assert.Equal(
            [(first, ProgressKind.Started), (first, ProgressKind.StepStarted), (second, ProgressKind.Started)],
            message.Items.Select(item => (item.Attempt, item.Kind)));
    }

    [Fact]
    public async Task Of_an_attempt_whose_report_leaves_meanwhile_only_output_is_sent()
    {
        var (ended, running) = (Some.Attempt(), Some.Attempt());
        var gathering = _clock.NextTimerAsync();
        _outbox.Send(Item(ended, ProgressKind.Started));
        _outbox.Send(Item(running, ProgressKind.Started));
        await gathering;
        _outbox.Reported(ended);
        _outbox.Send(Item(ended, ProgressKind.Stdout, [7]));

        var message = await _link.NextAsync<AttemptsProgressed>();
        Assert.Equal([(running, ProgressKind.Started), (ended, ProgressKind.Stdout)], message.Items.Select(item => (item.Attempt, item.Kind)));
    }

    [Fact]
    public async Task Output_waits_for_nobody_and_takes_along_what_gathers()
    {
        var attempt = Some.Attempt();
        _outbox.Send(Item(attempt, ProgressKind.StepStarted));
        _outbox.Send(Item(attempt, ProgressKind.Stdout, [1, 2]));

        // The clock stands.
        var message = await _link.NextAsync<AttemptsProgressed>();
        Assert.Equal([ProgressKind.StepStarted, ProgressKind.Stdout], message.Items.Select(item => item.Kind));
    }

    [Fact]
    public async Task Beyond_what_it_can_hold_the_oldest_give_way()
    {
        var gathering = _clock.NextTimerAsync();
        _outbox.Send(Item(Some.Attempt(), ProgressKind.StepStarted));
        await gathering;
        for (var i = 1; i < 20_005; i++)
            _outbox.Send(Item(Some.Attempt(), ProgressKind.StepStarted) with { StepIndex = i });
        _clock.Advance(s_gathering);

        var sent = new List<AttemptProgress>();
        while (sent.Count < 19_005)
        {
            var message = await _link.NextAsync<AttemptsProgressed>();
            Assert.InRange(message.Items.Count, 1, 1000);
            sent.AddRange(message.Items);
        }

        Assert.Equal(Enumerable.Range(1000, 19_005), sent.Select(item => item.StepIndex));
    }

    [Fact]
    public async Task What_cannot_be_sent_is_gone_and_the_next_is_sent()
    {
        _link.IsDown = true;
        _outbox.Send(Item(Some.Attempt(), ProgressKind.Stdout, [1]));
        await Task.Run(() => SpinWait.SpinUntil(() => _link.Refused > 0, TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken);
        _link.IsDown = false;
        _outbox.Send(Item(Some.Attempt(), ProgressKind.Stdout, [2]));

        var message = await _link.NextAsync<AttemptsProgressed>();
        Assert.Equal([2], Assert.Single(message.Items).Data);
    }

    private static AttemptProgress Item(AttemptId attempt, ProgressKind kind, byte[]? data = null) => new(attempt, kind, 0, Some.Time, Data: data);
}
