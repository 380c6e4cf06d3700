using Corral.Coordinator.Billing;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>The store of a single node: one SQLite file in WAL mode, one writer with group commit, readers beside it.</summary>
internal sealed partial class SqliteJobStore(StorageOptions options, RateCard card) : IJobStore, ILedger, IAccessStore
{
    private FileStream? _lock;
    private SqliteWriter? _writer;
    private SqliteReaders? _readers;
    private SqliteCheckpoints? _checkpoints;

    private SqliteWriter Writer => _writer ?? throw new StorageException(StorageFault.Stopped, "The store is not open.");
    private SqliteReaders Readers => _readers ?? throw new StorageException(StorageFault.Stopped, "The store is not open.");

    /// <summary>Transactions committed and writes in them, since the start.</summary>
    public (long Commits, long Writes) CommitCount => Writer.Count;

    /// <summary>One number from the writer's own connection, whose settings no other one shows.</summary>
    public Task<long> AskWriterAsync(string pragma) => Writer.Write(session => session.Scalar(pragma));

    public Task OpenAsync(CancellationToken cancellationToken) => Task.Run(Open, cancellationToken);

    public ValueTask DisposeAsync()
    {
        // The host closes it when everything has stopped, and the container once more.
        Interlocked.Exchange(ref _writer, null)?.Dispose();
        Interlocked.Exchange(ref _checkpoints, null)?.Dispose();
        Interlocked.Exchange(ref _readers, null)?.Dispose();
        _lock?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Open()
    {
        var path = Path.GetFullPath(options.Path);
        var session = OpenFile(path);
        try
        {
            // In WAL mode FULL flushes the log at each commit, before it returns. https://www.sqlite.org/pragma.html#pragma_synchronous
            session.Script($"PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {(int)options.Synchronous}; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 16000; PRAGMA cache_size = -16000;");
            SqliteMigrations.Apply(session, path);
            session.Sql("INSERT OR IGNORE INTO rate_cards (id, effective_from, per_cpu_second, per_gib_second, per_job) VALUES (?, 0, ?, ?, ?)")
                .With(card.Id).With(card.PerCpuSecond).With(card.PerGibSecond).With(card.PerJob).Run();
        }
        catch
        {
            session.Dispose();
            _lock?.Dispose();
            throw;
        }

        _checkpoints = new SqliteCheckpoints(path, options.Synchronous);
        _writer = new SqliteWriter(session, _checkpoints.Committed);
        _readers = new SqliteReaders(path);
    }

    /// <summary>Two coordinators on one file would each trust its own memory of the pool; the second is turned away.</summary>
    private SqliteSession OpenFile(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(folder);
            else
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _lock = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                StorageFault.Busy, $"The database '{path}' cannot be locked: {e.Message} Is another coordinator running on it? Stop that one, or give this one a state folder of its own.", e);
        }

        return new SqliteSession(path, readOnly: false);
    }
}
