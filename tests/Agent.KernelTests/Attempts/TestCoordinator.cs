using System.Collections.Concurrent;
using System.Threading.Channels;
using Corral.Agent.Attempts;
using Corral.Agent.Messaging;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.KernelTests.Attempts;

/// <summary>The coordinator's side of the contract, in the fewest words: welcomes, renews, acknowledges, and keeps what it was told.</summary>
internal sealed class TestCoordinator : ICoordinatorLink
{
    private readonly ConcurrentDictionary<AttemptId, TaskCompletionSource<AttemptReport>> _reports = new();
    private readonly Channel<AttemptProgress> _progress = Channel.CreateUnbounded<AttemptProgress>();
    private readonly Channel<object> _messages = Channel.CreateUnbounded<object>();
    private TaskCompletionSource<long> _welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _epoch;

    /// <summary>The agent that is spoken to; set when it has started.</summary>
    public AgentNode? Node { get; set; }

    public string AgentId { get; init; } = "kernel-test";

    public long LeaseMs { get; set; } = 60_000;

    /// <summary>False: renewals stay without an answer.</summary>
    public bool Renews { get; set; } = true;

    /// <summary>False: reports are kept but not acknowledged.</summary>
    public bool Acknowledges { get; set; } = true;

    /// <summary>How often each attempt was reported.</summary>
    public ConcurrentDictionary<AttemptId, int> Counts { get; } = new();

    public ChannelReader<AttemptProgress> Progress => _progress.Reader;

    public ChannelReader<object> Messages => _messages.Reader;

    /// <summary>Ends, with the epoch, when the agent has a lease.</summary>
    public Task<long> WelcomedAsync() => _welcomed.Task.WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Ends when the attempt is reported.</summary>
    public Task<AttemptReport> ReportAsync(AttemptId attempt) => Report(attempt).Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    /// <summary>The next process of the agent asks for a lease of its own.</summary>
    public void ExpectRestart() => _welcomed = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task OrderAsync(params AttemptOrder[] orders) => await Node!.Book.AcceptAsync(new StartAttempts(AgentId, await WelcomedAsync(), orders));

    public Task SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        _messages.Writer.TryWrite(message);
        // As on a bus: the answer comes on another thread than the one that asked.
        _ = Task.Run(() => Answer(message), CancellationToken.None);
        return Task.CompletedTask;
    }

    private TaskCompletionSource<AttemptReport> Report(AttemptId attempt) => _reports.GetOrAdd(attempt, _ => new TaskCompletionSource<AttemptReport>(TaskCreationOptions.RunContinuationsAsynchronously));

    private void Answer(object message)
    {
        switch (message)
        {
            case AgentStarted started:
                SpinWait.SpinUntil(() => Node is not null, TimeSpan.FromSeconds(10));
                var epoch = Interlocked.Increment(ref _epoch);
                Node!.Lease.On(new AgentWelcomed(started.AgentId, started.Instance, epoch, LeaseMs, []));
                // An answer to the process before is none to this one.
                if (Node.Lease.Epoch == epoch)
                    _welcomed.TrySetResult(epoch);
                break;
            case RenewLease renewal when Renews:
                Node!.Lease.On(new LeaseRenewed(renewal.AgentId, renewal.Epoch, renewal.Renewal, LeaseMs, []));
                break;
            case AttemptReports reports:
                foreach (var report in reports.Reports)
                {
                    Counts.AddOrUpdate(report.Attempt, 1, (_, count) => count + 1);
                    Report(report.Attempt).TrySetResult(report);
                }

                if (Acknowledges)
                    Node!.Book.Acknowledge([.. reports.Reports.Select(report => report.Sequence)]);
                break;
            case AttemptsProgressed progressed:
                foreach (var item in progressed.Items)
                    _progress.Writer.TryWrite(item);
                break;
        }
    }
}
