namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>
/// Copies the write-ahead log back into the database, mostly beside the writer, which would otherwise stop for all of it in the middle of somebody's commit.
/// The log starts over only once every frame is copied, and under steady load some are always new; so when the bulk is done here, the writer copies the
/// little that came meanwhile, between two batches. PASSIVE takes no lock that a writer waits for. https://www.sqlite.org/wal.html#ckpt
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    private const int CommitsBetween = 64;

    private readonly SqliteSession _session;
    private readonly SemaphoreSlim _due = new(0);
    private readonly Thread _thread;
    private int _commits;
    private volatile bool _bulkDone;
    private volatile bool _closing;

    /// <param name="path">The database.</param>
    /// <param name="synchronous">As the writer's: a checkpoint syncs the log on its own connection's terms.</param>
    public SqliteCheckpoints(string path, Durability synchronous)
    {
        _session = new SqliteSession(path, readOnly: false);
        _session.Script($"PRAGMA busy_timeout = 5000; PRAGMA synchronous = {(int)synchronous};");
        _thread = new Thread(Work) { IsBackground = true, Name = "corral-sqlite-checkpoints" };
        _thread.Start();
    }

    /// <summary>Called by the writer between two batches, on its own thread and connection.</summary>
    public void Committed(SqliteSession writer)
    {
        if (++_commits % CommitsBetween == 0 && _due.CurrentCount == 0)
            _due.Release();
        if (_bulkDone)
        {
            _bulkDone = false;
            Copy(writer);
        }
    }

    public void Dispose()
    {
        _closing = true;
        _due.Release();
        _thread.Join();
        _session.Dispose();
        _due.Dispose();
    }

    private void Work()
    {
        while (true)
        {
            _due.Wait();
            if (_closing)
                return;
            _bulkDone = Copy(_session);
        }
    }

    private static bool Copy(SqliteSession session)
    {
        try
        {
            session.Scalar("PRAGMA wal_checkpoint(PASSIVE)");
            return true;
        }
        catch (StorageException)
        {
            // Nothing is lost: the log has it. A disk that stays full or broken fails the next commit, which says so to somebody.
            return false;
        }
    }
}
