// Group commit. Writes from everywhere meet in one queue; one thread takes all that wait and makes them one transaction; while its commit waits for the
// disk the next writes gather. There is no timer: an idle store commits a single write at once, a busy one pays one disk flush for many. Each write runs
// in a savepoint, so that one that fails is undone alone; nobody hears of success before the COMMIT has returned.
using System.Collections.Concurrent;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>The one writer of a database file.</summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Bounds how long the first write of a batch waits for the others.</summary>
    private const int MaxBatch = 512;

    private readonly BlockingCollection<PendingWrite> _queue = [];
    private readonly List<PendingWrite> _batch = new(MaxBatch);
    private readonly SqliteSession _session;
    private readonly Thread _thread;

    private readonly Action<SqliteSession> _committed;

    public SqliteWriter(SqliteSession session, Action<SqliteSession> committed)
    {
        _session = session;
        _committed = committed;
        _thread = new Thread(Work) { IsBackground = true, Name = "corral-sqlite-writer" };
        _thread.Start();
    }

    /// <summary>Transactions committed and writes in them, since the start.</summary>
    public (long Commits, long Writes) Count => (Interlocked.Read(ref _commits), Interlocked.Read(ref _writes));

    private long _commits;
    private long _writes;

    /// <summary>Runs the write in some transaction, and completes when that is durable. A write that was handed over is not taken back.</summary>
    public Task<T> Write<T>(Func<SqliteSession, T> body)
    {
        var write = new PendingWrite<T>(body);
        try
        {
            _queue.Add(write);
        }
        catch (InvalidOperationException)
        {
            write.Fail(new StorageException(StorageFault.Stopped, "The store is closing; nothing more is written."));
        }

        return write.Task;
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
        _session.Dispose();
    }

    private void Work()
    {
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            _batch.Add(first);
            while (_batch.Count < MaxBatch && _queue.TryTake(out var next))
                _batch.Add(next);
            Commit();
            _batch.Clear();
        }
    }

    private void Commit()
    {
        try
        {
            _session.Sql("BEGIN IMMEDIATE").Run();
            foreach (var write in _batch)
                Execute(write);
            _session.Sql("COMMIT").Run();
        }
        catch (Exception e)
        {
            // A failed COMMIT has an unknown outcome; who needs to know reads again.
            Undo();
            foreach (var write in _batch)
                write.Fail(e);
            return;
        }

        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _writes, _batch.Count);
        foreach (var write in _batch)
            write.Complete();
        _committed(_session);
    }

    private void Execute(PendingWrite write)
    {
        _session.Sql("SAVEPOINT one").Run();
        try
        {
            write.Run(_session);
        }
        catch (Exception e) when (_session.InTransaction && e is not StorageException { Fault: not StorageFault.Constraint })
        {
            _session.Sql("ROLLBACK TO one").Run();
            write.Refuse(e);
        }

        _session.Sql("RELEASE one").Run();
    }

    private void Undo()
    {
        try
        {
            if (_session.InTransaction)
                _session.Sql("ROLLBACK").Run();
        }
        catch (StorageException)
        {
            // The next BEGIN says what is wrong; these writes have failed either way.
        }
    }

    private abstract class PendingWrite
    {
        public abstract void Run(SqliteSession session);
        public abstract void Refuse(Exception reason);
        public abstract void Complete();
        public abstract void Fail(Exception reason);
    }

    private sealed class PendingWrite<T>(Func<SqliteSession, T> body) : PendingWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _refused;

        public Task<T> Task => _done.Task;

        public override void Run(SqliteSession session) => _result = body(session);

        public override void Refuse(Exception reason) => _refused = reason;

        public override void Complete()
        {
            if (_refused is null)
                _done.SetResult(_result!);
            else
                _done.SetException(_refused);
        }

        public override void Fail(Exception reason) => _done.TrySetException(reason);
    }
}
