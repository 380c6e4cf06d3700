using Corral.Agent.Metering;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.PowerCut;

/// <summary>Appends to a journal as the agent does, and notes each entry once it was said to be durable.</summary>
internal sealed class JournalProbe : IDisposable
{
    private readonly Journal _journal;
    private readonly StreamWriter _notes;

    private JournalProbe(Journal journal, StreamWriter notes)
    {
        _journal = journal;
        _notes = notes;
    }

    public static JournalProbe Open(string directory, bool fsync, string notes, ref int missing)
    {
        var journal = Journal.Open(directory, new JournalOptions { Fsync = fsync }, NullLogger.Instance, out var attempts);
        var there = attempts.Select(attempt => attempt.Attempt.Job.ToString()).ToHashSet();
        var file = Path.Combine(notes, "journal");
        missing += File.Exists(file) ? File.ReadLines(file).Count(line => line.Length == 36 && !there.Contains(line)) : 0;
        return new JournalProbe(journal, new StreamWriter(file, append: true) { AutoFlush = true });
    }

    public async Task AppendForEverAsync()
    {
        while (true)
        {
            var order = new AttemptOrder(new AttemptId(JobId.New(DateTimeOffset.UtcNow), 1), Spec, DateTimeOffset.UtcNow);
            var (_, durable) = _journal.Append(order, (made, sequence) => new AcceptedEntry(sequence, Epoch: 1, Slot: 0, made));
            await durable;
            await _notes.WriteLineAsync(order.Attempt.Job.ToString());
        }
    }

    public void Dispose()
    {
        _notes.Dispose();
        _journal.Dispose();
    }

    private static JobSpec Spec { get; } = new() { Tenant = "power", Steps = [new StepSpec { Name = "step1", Command = ["true"] }] };
}
