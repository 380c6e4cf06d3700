using System.Text.Json;
using Corral.Agent.Metering;
using Corral.Agent.Tests.Testing;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.Tests.Metering;

public sealed class JournalTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // What opening makes of a file's content, without the file: thousands of damaged ones are read here.
    private static (int Attempts, long Length) Read(byte[] bytes)
    {
        var state = new JournalState();
        var (length, _, _) = JournalFile.Read("journal.log", bytes, state);
        return (state.Attempts.Count, length);
    }

    private Journal Open(out IReadOnlyList<JournalledAttempt> attempts, JournalOptions? options = null) =>
        Journal.Open(_directory.Path, options ?? new JournalOptions(), NullLogger.Instance, out attempts);

    private static (AcceptedEntry Entry, Task Durable) Accept(Journal journal, AttemptId attempt) =>
        journal.Append(attempt, (id, sequence) => new AcceptedEntry(sequence, Epoch: 7, Slot: 3, Some.Order(id)));

    private static (EndedEntry Entry, Task Durable) End(Journal journal, AttemptId attempt) =>
        journal.Append(attempt, (id, sequence) => new EndedEntry(sequence + 1, Some.Report(id, sequence + 1)), sequences: 2);

    private static void Acknowledge(Journal journal, params long[] reports) =>
        journal.Append(reports, (of, sequence) => new AcknowledgedEntry(sequence, of), lazy: true);

    private static string Json(object value) => JsonSerializer.Serialize(value);

    [Fact]
    public async Task An_order_is_read_back_with_every_value_it_had()
    {
        var attempt = Some.Attempt();
        AcceptedEntry accepted;
        using (var journal = Open(out _))
        {
            (accepted, var durable) = Accept(journal, attempt);
            await durable;
        }

        using var again = Open(out var attempts);
        Assert.Equal(Json(accepted), Json(Assert.Single(attempts).Accepted!));
    }

    [Fact]
    public async Task Entries_take_rising_sequences_also_after_a_restart()
    {
        long first, second;
        using (var journal = Open(out _))
        {
            var (ended, durable) = End(journal, Some.Attempt());
            first = ended.Sequence;
            await durable;
        }

        using (var journal = Open(out _))
            second = Accept(journal, Some.Attempt()).Entry.Sequence;
        Assert.Equal((2, 3), (first, second));
    }

    [Fact]
    public async Task An_ended_attempt_is_forgotten_only_when_it_is_acknowledged()
    {
        var (kept, forgotten) = (Some.Attempt(1), Some.Attempt(2));
        using (var journal = Open(out _))
        {
            await Accept(journal, kept).Durable;
            await Accept(journal, forgotten).Durable;
            var (keptReport, _) = End(journal, kept);
            var (forgottenReport, durable) = End(journal, forgotten);
            await durable;
            Acknowledge(journal, forgottenReport.Report.Sequence);
            Assert.NotEqual(keptReport.Report.Sequence, forgottenReport.Report.Sequence);
        }

        using var again = Open(out var attempts);
        Assert.Equal(kept, Assert.Single(attempts).Attempt);
    }

    [Fact]
    public async Task Steps_that_ended_are_read_back_with_their_attempt()
    {
        var attempt = Some.Attempt();
        using (var journal = Open(out _))
        {
            _ = Accept(journal, attempt);
            await journal.Append(attempt, (id, sequence) => new StepEndedEntry(sequence, id, Some.Report(id, 0).Steps[0])).Durable;
        }

        using var again = Open(out var attempts);
        Assert.Equal("a", Assert.Single(Assert.Single(attempts).Steps).Result.Name);
    }

    [Fact]
    public async Task A_file_cut_off_at_any_byte_keeps_exactly_the_groups_that_are_whole()
    {
        var (bytes, ends) = await WriteGroupsAsync(4);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal((ends.Count(end => end <= length), ends.LastOrDefault(end => end <= length)), Read(bytes[..length]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_tail_of_zeros_or_noise_is_cut_off(int fill)
    {
        var (bytes, ends) = await WriteGroupsAsync(3);
        var random = new Random(20261122);
        for (var from = ends[1]; from < bytes.Length; from += 7)
        {
            var torn = (byte[])bytes.Clone();
            if (fill == 0)
                torn.AsSpan(from).Clear();
            else
                random.NextBytes(torn.AsSpan(from));
            Assert.Equal((2, ends[1]), Read(torn));
        }
    }

    [Fact]
    public async Task A_byte_that_changed_before_an_intact_group_refuses_to_open()
    {
        var (bytes, ends) = await WriteGroupsAsync(3);
        for (var at = 0; at < ends[1]; at++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x40;
            var refusal = Assert.Throws<JournalException>(() => Read(damaged));
            Assert.Contains("damaged at byte", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_torn_tail_is_gone_from_the_file_and_what_follows_is_read_back()
    {
        var (bytes, ends) = await WriteGroupsAsync(3);
        File.WriteAllBytes(_directory.File("journal.log"), bytes[..(ends[2] - 10)]);
        using (var journal = Open(out var attempts))
        {
            Assert.Equal(2, attempts.Count);
            Assert.Equal(ends[1], new FileInfo(_directory.File("journal.log")).Length);
            await Accept(journal, Some.Attempt()).Durable;
        }

        using var again = Open(out var more);
        Assert.Equal(3, more.Count);
    }

    [Fact]
    public async Task A_group_taken_out_of_the_middle_refuses_to_open()
    {
        var (bytes, ends) = await WriteGroupsAsync(3);
        File.WriteAllBytes(_directory.File("journal.log"), [.. bytes[..ends[0]], .. bytes[ends[1]..]]);

        Assert.Throws<JournalException>(() => Open(out _));
    }

    [Fact]
    public void A_second_agent_on_the_same_directory_is_refused()
    {
        using var journal = Open(out _);

        Assert.Contains("another agent holds it", Assert.Throws<JournalException>(() => Open(out _)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_file_is_written_anew_with_what_is_not_acknowledged()
    {
        var options = new JournalOptions { CompactBytes = 64 << 10, Fsync = false };
        var open = Some.Attempt();
        long lastSequence;
        using (var journal = Open(out _, options))
        {
            await Accept(journal, open).Durable;
            for (var i = 0; i < 500; i++)
            {
                var attempt = Some.Attempt();
                _ = Accept(journal, attempt);
                var (ended, durable) = End(journal, attempt);
                Acknowledge(journal, ended.Report.Sequence);
                await durable;
            }

            lastSequence = Accept(journal, Some.Attempt()).Entry.Sequence;
        }

        Assert.True(new FileInfo(_directory.File("journal.log")).Length < 128 << 10);
        using var again = Open(out var attempts, options);
        Assert.Contains(attempts, attempt => attempt.Attempt == open);
        Assert.Equal(2, attempts.Count);
        Assert.Equal(lastSequence + 1, Accept(again, Some.Attempt()).Entry.Sequence);
    }

    [Fact]
    public async Task Many_appends_at_once_are_all_durable_and_all_in_the_file()
    {
        const int count = 2000;
        using (var journal = Open(out _))
            await Parallel.ForAsync(0, count, async (_, _) => await Accept(journal, Some.Attempt()).Durable);

        using var again = Open(out var attempts);
        Assert.Equal(count, attempts.Count);
    }

    private async Task<(byte[] Bytes, List<int> Ends)> WriteGroupsAsync(int groups)
    {
        var ends = new List<int>();
        using (var journal = Open(out _))
        {
            for (var i = 0; i < groups; i++)
            {
                // Each is awaited alone, so each is a group of its own.
                await Accept(journal, Some.Attempt()).Durable;
                ends.Add((int)new FileInfo(_directory.File("journal.log")).Length);
            }
        }

        return (File.ReadAllBytes(_directory.File("journal.log")), ends);
    }
}
