using System.Collections.Concurrent;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>Read-only connections, lent one at a time. In WAL mode they never wait for the writer and see what was committed last.</summary>
internal sealed class SqliteReaders(string path) : IDisposable
{
    private readonly ConcurrentBag<SqliteSession> _idle = [];
    private volatile bool _closed;

    /// <summary>Runs the read on a pool thread: a page that is not cached blocks it, and no grain may be blocked.</summary>
    public Task<T> Read<T>(Func<SqliteSession, T> body, CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            if (_closed)
                throw new StorageException(StorageFault.Stopped, "The store is closing; nothing more is read.");
            if (!_idle.TryTake(out var session))
                session = new SqliteSession(path, readOnly: true);
            try
            {
                return body(session);
            }
            finally
            {
                if (_closed)
                    session.Dispose();
                else
                    _idle.Add(session);
            }
        },
        cancellationToken);

    /// <summary>Several statements that must agree see one moment of the database.</summary>
    public Task<T> ReadConsistently<T>(Func<SqliteSession, T> body, CancellationToken cancellationToken) => Read(
        session =>
        {
            session.Sql("BEGIN").Run();
            try
            {
                return body(session);
            }
            finally
            {
                if (session.InTransaction)
                    session.Sql("COMMIT").Run();
            }
        },
        cancellationToken);

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var session))
            session.Dispose();
    }
}
