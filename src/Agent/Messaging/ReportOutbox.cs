using Corral.Agent.Attempts;
using Corral.Shared.Contracts;
using Microsoft.Extensions.Logging;

namespace Corral.Agent.Messaging;

/// <summary>
/// Ended attempts until they are acknowledged: sent as soon as they are durable, many a message, and again after 1, 2, 4 … 30 seconds. All that ended
/// while a message was on its way leaves with the next one.
/// </summary>
internal sealed partial class ReportOutbox(string agentId, ICoordinatorLink link, LeaseKeeper lease, TimeProvider clock, ILogger<ReportOutbox> logger)
{
    private const int MostReports = 256;
    private const long MostBytes = 1 << 20;
    private static readonly TimeSpan FirstResend = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastResend = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, Pending> _pending = [];
    private readonly Signal _wake = new();

    /// <summary>Sends it from now on until it is acknowledged; again at once, where it is known.</summary>
    public void Send(AttemptReport report)
    {
        lock (_gate)
            _pending[report.Sequence] = new Pending(report);
        _wake.Set();
    }

    /// <summary>The coordinator has it; says which attempt that was, null where it was acknowledged before.</summary>
    public AttemptReport? Acknowledge(long sequence)
    {
        lock (_gate)
            return _pending.Remove(sequence, out var pending) ? pending.Report : null;
    }

    /// <summary>A new lease has begun: everything is due.</summary>
    public void SendAll()
    {
        lock (_gate)
        {
            foreach (var pending in _pending.Values)
                pending.DueAt = 0;
        }

        _wake.Set();
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var batch = lease.Epoch == 0 ? [] : TakeDue();
            if (batch.Count > 0)
            {
                await SendAsync(batch, stopping);
                continue;
            }

            bool isEmpty;
            lock (_gate)
                isEmpty = _pending.Count == 0;
            // Nothing pending, nothing to wake for: an idle agent does not tick here.
            await _wake.WaitAsync(isEmpty ? Timeout.InfiniteTimeSpan : FirstResend, clock, stopping);
        }
    }

    private List<AttemptReport> TakeDue()
    {
        var batch = new List<AttemptReport>();
        long bytes = 0;
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            foreach (var pending in _pending.Values)
            {
                if (pending.DueAt > now)
                    continue;
                bytes += pending.Bytes;
                if (batch.Count == MostReports || (batch.Count > 0 && bytes > MostBytes))
                    break;
                pending.DueAt = now + (long)(pending.Backoff.TotalSeconds * clock.TimestampFrequency);
                pending.Backoff = pending.Backoff * 2 < LastResend ? pending.Backoff * 2 : LastResend;
                batch.Add(pending.Report);
            }
        }

        return batch;
    }

    private async Task SendAsync(List<AttemptReport> batch, CancellationToken stopping)
    {
        try
        {
            await link.SendAsync(new AttemptReports(agentId, lease.Epoch, batch), stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            Log.NotSent(logger, failure, batch.Count);
        }
    }

    private sealed class Pending(AttemptReport report)
    {
        public AttemptReport Report { get; } = report;

        public long Bytes { get; } = 1024 + report.Steps.Sum(step => 512L + step.Stdout.Inline.Length + step.Stderr.Inline.Length + (step.Outputs.Count * 256L));

        public long DueAt { get; set; }

        public TimeSpan Backoff { get; set; } = FirstResend;
    }
}
