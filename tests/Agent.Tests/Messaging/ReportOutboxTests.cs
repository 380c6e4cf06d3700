using Corral.Agent.Attempts;
using Corral.Agent.Messaging;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.Tests.Messaging;

public sealed class ReportOutboxTests : IAsyncDisposable
{
    private readonly FakeClock _clock = new();
    private readonly RecordingLink _link = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LeaseKeeper _lease;
    private readonly ReportOutbox _outbox;
    private readonly Task _loop;

    public ReportOutboxTests()
    {
        _lease = Some.Lease(_clock);
        _outbox = new ReportOutbox("a1", _link, _lease, _clock, NullLogger<ReportOutbox>.Instance);
        _loop = _outbox.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ContinueWith(_ => { }, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task HoldLeaseAsync()
    {
        using var stop = new CancellationTokenSource();
        var asked = _clock.NextTimerAsync();
        var loop = _lease.RunAsync(stop.Token);
        await asked;
        _lease.On(new AgentWelcomed("a1", Guid.Empty, 4, 5000, []));
        await stop.CancelAsync();
        await loop.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static long[] Sequences(AttemptReports message) => [.. message.Reports.Select(report => report.Sequence)];

    [Fact]
    public async Task A_report_is_sent_with_the_epoch_and_again_until_it_is_acknowledged()
    {
        await HoldLeaseAsync();
        var asleep = _clock.NextTimerAsync();
        _outbox.Send(Some.Report(Some.Attempt(), 8));
        var first = await _link.NextAsync<AttemptReports>();
        Assert.Equal((4, 8), (first.Epoch, Assert.Single(Sequences(first))));
        await asleep;

        foreach (var seconds in new[] { 1, 2, 4 })
        {
            for (var i = 0; i < seconds; i++)
            {
                Assert.False(_link.Has<AttemptReports>());
                asleep = _clock.NextTimerAsync();
                _clock.Advance(TimeSpan.FromSeconds(1));
                await asleep;
            }

            Assert.Equal(8, Assert.Single(Sequences(await _link.NextAsync<AttemptReports>())));
        }

        Assert.NotNull(_outbox.Acknowledge(8));
        Assert.Null(_outbox.Acknowledge(8));
    }

    [Fact]
    public async Task What_ends_while_there_is_no_lease_leaves_in_one_message_when_it_begins()
    {
        for (var sequence = 1; sequence <= 100; sequence++)
            _outbox.Send(Some.Report(Some.Attempt(), sequence));
        Assert.False(_link.Has<AttemptReports>());

        await HoldLeaseAsync();
        _outbox.SendAll();

        Assert.Equal(100, (await _link.NextAsync<AttemptReports>()).Reports.Count);
    }

    [Fact]
    public async Task A_message_is_bounded_and_the_rest_follows_in_the_next()
    {
        for (var sequence = 1; sequence <= 600; sequence++)
            _outbox.Send(Some.Report(Some.Attempt(), sequence));
        await HoldLeaseAsync();
        _outbox.SendAll();

        var sent = new List<long>();
        while (sent.Count < 600)
        {
            var message = await _link.NextAsync<AttemptReports>();
            Assert.InRange(message.Reports.Count, 1, 256);
            sent.AddRange(Sequences(message));
        }

        Assert.Equal(Enumerable.Range(1, 600).Select(i => (long)i), sent);
    }

    [Fact]
    public async Task A_bus_that_is_down_loses_no_report()
    {
        await HoldLeaseAsync();
        _link.IsDown = true;
        var asleep = _clock.NextTimerAsync();
        _outbox.Send(Some.Report(Some.Attempt(), 8));
        await asleep;
        _link.IsDown = false;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(8, Assert.Single(Sequences(await _link.NextAsync<AttemptReports>())));
    }
}
