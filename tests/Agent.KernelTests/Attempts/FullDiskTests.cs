using System.Diagnostics;
using Corral.Agent.KernelTests.Sandbox;
using Corral.Agent.Metering;
using Corral.Agent.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Corral.Agent.KernelTests.Attempts;

public sealed class FullDiskTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public FullDiskTests() => Run("mount", "-t", "tmpfs", "-o", "size=128k", "corral-test", _directory.Path);

    public void Dispose()
    {
        Run("umount", _directory.Path);
        _directory.Dispose();
    }

    [Fact]
    public async Task A_full_disk_holds_the_journal_up_and_loses_nothing()
    {
        var options = new JournalOptions { FullRetry = TimeSpan.FromMilliseconds(20) };
        var attempt = Some.Attempt();
        using (var journal = Journal.Open(_directory.Path, options, NullLogger.Instance, out _))
        {
            await Accept(journal, Some.Attempt());
            await File.WriteAllBytesAsync(_directory.File("ballast"), new byte[64 << 10], TestContext.Current.CancellationToken);
            // The file grows by pages: what fits into the last one still does.
            var appends = new List<Task>();
            while (!journal.IsBlocked)
            {
                appends.Add(Accept(journal, Some.Attempt()));
                await Eventually.AsyncThat(() => appends[^1].IsCompleted || journal.IsBlocked, "an entry written, or the disk found full");
            }

            var blocked = Accept(journal, attempt);
            Assert.False(blocked.IsCompleted);
            File.Delete(_directory.File("ballast"));
            await Task.WhenAll([.. appends, blocked]).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.False(journal.IsBlocked);
        }

        using (Journal.Open(_directory.Path, options, NullLogger.Instance, out var attempts))
            Assert.Contains(attempts, known => known.Attempt == attempt);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_a_full_disk()
    {
        var journal = Journal.Open(_directory.Path, new JournalOptions { FullRetry = TimeSpan.FromHours(1) }, NullLogger.Instance, out _);
        await File.WriteAllBytesAsync(_directory.File("ballast"), new byte[120 << 10], TestContext.Current.CancellationToken);
        Task last;
        do
        {
            last = Accept(journal, Some.Attempt());
            await Eventually.AsyncThat(() => last.IsCompleted || journal.IsBlocked, "an entry written, or the disk found full");
        }
        while (!journal.IsBlocked);

        await Task.Run(journal.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        // What could not be written is said, not lost in silence.
        await Assert.ThrowsAsync<JournalException>(() => last);
    }

    private static Task Accept(Journal journal, Corral.Shared.Jobs.AttemptId attempt) =>
        journal.Append(attempt, static (id, sequence) => new AcceptedEntry(sequence, 1, 0, Some.Order(id))).Durable;

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
