using Corral.Coordinator.Billing;
using Corral.Coordinator.Storage;
using Corral.Coordinator.Storage.Sqlite;

namespace Corral.Storage.Tests;

public sealed class SqliteJobStoreTests : JobStoreContract
{
    protected override async Task<TestStore> OpenAsync() => await SqliteTestStore.OpenAsync();

    [Fact]
    public async Task Writes_that_wait_leave_as_few_transactions()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => store.SubmitAsync(TestStore.Job())));
        var (commits, writes) = store.Sqlite.CommitCount;
        Assert.Equal(400, writes);
        Assert.InRange(commits, 1, 200);
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk_unless_told_otherwise()
    {
        await using var full = await SqliteTestStore.OpenAsync();
        Assert.Equal(2, await full.Sqlite.AskWriterAsync("PRAGMA synchronous"));
        await using var off = await SqliteTestStore.OpenAsync(options => options.Synchronous = Durability.Off);
        Assert.Equal(0, await off.Sqlite.AskWriterAsync("PRAGMA synchronous"));
    }

    [Fact]
    public async Task The_log_is_copied_back_and_starts_over_while_writes_go_on()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        var fill = new Dictionary<string, string> { ["fill"] = new('x', 60_000) };
        for (var i = 0; i < 300; i++)
            await store.SubmitAsync(TestStore.Job(labels: fill));
        // Each job is twice in its pages; all of them together are 36 MB, and the writer's own backstop would come at 64 MB.
        Assert.InRange(new FileInfo(store.Options.Path + "-wal").Length, 1, 30 << 20);
        Assert.InRange(new FileInfo(store.Options.Path).Length, 10 << 20, long.MaxValue);
    }

    [Fact]
    public async Task A_ledger_of_the_schema_before_is_kept_and_lacks_what_was_not_measured_then()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        var (job, _, _) = await store.PlacedAsync();
        await store.EndAsync(TestStore.Report(job));
        await store.Sqlite.DisposeAsync();
        foreach (var column in new[] { "memory_samples", "io_read_operations", "io_write_operations", "pressure", "reserved_scratch_bytes", "scratch_used_bytes" })
            Assert.Null(store.Execute($"ALTER TABLE usage DROP COLUMN {column}"));
        Assert.Null(store.Execute("PRAGMA user_version = 1"));

        await store.ReopenAsync();
        var row = Assert.Single(await store.Ledger.RowsAsync(null, null, null, 0, 10, TestContext.Current.CancellationToken)).Row;
        Assert.Equal(1_000_000, row.Usage.CpuNs);
        Assert.Equal((null, null, null), (row.Usage.MemorySamples, row.Usage.IoReadOperations, row.Usage.IoWriteOperations));
        Assert.Equal((null, null, null), (row.Usage.Pressure, row.Usage.ReservedScratchBytes, row.Usage.ScratchUsedBytes));
        var (next, _, _) = await store.PlacedAsync();
        await store.EndAsync(TestStore.Report(next));
        Assert.Equal(2, store.Scalar("SELECT count(*) FROM usage"));
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM usage WHERE memory_samples IS NOT NULL"));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_with_the_remedy()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        Assert.Null(store.Execute("PRAGMA user_version = 999"));
        var error = await Assert.ThrowsAsync<StorageException>(store.ReopenAsync);
        Assert.Equal(StorageFault.NewerSchema, error.Fault);
        Assert.Contains("schema 999", error.Message, StringComparison.Ordinal);
        Assert.Contains("Run that version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_coordinator_on_the_same_file_is_turned_away()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        await using var second = new SqliteJobStore(store.Options, RateCard.BuiltIn);
        var error = await Assert.ThrowsAsync<StorageException>(() => second.OpenAsync(TestContext.Current.CancellationToken));
        Assert.Equal((StorageFault.Busy, true), (error.Fault, error.IsTransient));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"corral-test-{Guid.NewGuid():N}.db");
        await File.WriteAllTextAsync(path, new string('x', 8192), TestContext.Current.CancellationToken);
        try
        {
            await using var store = new SqliteJobStore(new StorageOptions { Path = path }, RateCard.BuiltIn);
            var error = await Assert.ThrowsAsync<StorageException>(() => store.OpenAsync(TestContext.Current.CancellationToken));
            Assert.Equal((StorageFault.Corrupt, false), (error.Fault, error.IsTransient));
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + ".lock");
        }
    }

    /// <summary>A page limit stands for a full disk: both are SQLITE_FULL, one of them without filling the machine's disk.</summary>
    [Fact]
    public async Task A_full_disk_acknowledges_nothing_and_is_over_when_there_is_room()
    {
        await using var store = await SqliteTestStore.OpenAsync();
        await store.SubmitAsync(TestStore.Job());
        await store.Sqlite.AskWriterAsync($"PRAGMA max_page_count = {store.Scalar("PRAGMA page_count")}");
        var big = TestStore.Job(labels: new() { ["fill"] = new string('x', 200_000) });
        var error = await Assert.ThrowsAsync<StorageException>(() => store.SubmitAsync(big));
        Assert.Equal((StorageFault.Full, true), (error.Fault, error.IsTransient));
        Assert.Equal(1, store.Scalar("SELECT count(*) FROM jobs"));
        Assert.Equal(1, store.Scalar("SELECT queued FROM tenants"));
        await store.Sqlite.AskWriterAsync("PRAGMA max_page_count = 1000000");
        await store.SubmitAsync(big);
        Assert.Equal(2, store.Scalar("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task Nothing_is_written_after_the_end()
    {
        var store = await SqliteTestStore.OpenAsync();
        await store.Sqlite.DisposeAsync();
        var error = await Assert.ThrowsAsync<StorageException>(() => store.SubmitAsync(TestStore.Job()));
        Assert.Equal(StorageFault.Stopped, error.Fault);
        await store.DisposeAsync();
    }
}
