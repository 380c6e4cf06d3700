using Corral.Shared.Jobs;
using SQLitePCL;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>One prepared statement, used again and again on its connection: parameters are bound in order, columns read by place. Not safe for two threads.</summary>
internal sealed class Statement(sqlite3 db, sqlite3_stmt handle) : IDisposable
{
    private int _bound;

    public Statement With(long value) => Bound(raw.sqlite3_bind_int64(handle, ++_bound, value));
    public Statement With(long? value) => value is { } v ? With(v) : Null();
    public Statement With(bool value) => With(value ? 1L : 0L);
    public Statement With(string? value) => value is null ? Null() : Bound(raw.sqlite3_bind_text(handle, ++_bound, value));
    public Statement With(ReadOnlySpan<byte> value) => value.IsEmpty ? Bound(raw.sqlite3_bind_zeroblob(handle, ++_bound, 0)) : Bound(raw.sqlite3_bind_blob(handle, ++_bound, value));
    public Statement With(byte[]? value) => value is null ? Null() : With(value.AsSpan());
    public Statement With(DateTimeOffset value) => With(Micros.Of(value));
    public Statement With(DateTimeOffset? value) => value is { } v ? With(v) : Null();

    public Statement With(JobId value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return With((ReadOnlySpan<byte>)bytes);
    }

    /// <summary>Runs to the end and says how many rows it changed.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(db);
    }

    /// <summary>The next row, if there is one. After the last, and after an error, the statement is ready for new parameters.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        var error = code == raw.SQLITE_DONE ? null : SqliteFault.Of(db, raw.sqlite3_sql(handle).utf8_to_string());
        Reset();
        return error is null ? false : throw error;
    }

    /// <summary>Forgets the rows not read.</summary>
    public void Reset()
    {
        _bound = 0;
        raw.sqlite3_reset(handle);
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;
    public long Int64(int column) => raw.sqlite3_column_int64(handle, column);
    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);
    public int Int32(int column) => raw.sqlite3_column_int(handle, column);
    public bool Bool(int column) => Int64(column) != 0;
    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();
    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);
    /// <summary>Good until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);
    public JobId Job(int column) => new(new Guid(Blob(column), bigEndian: true));
    public DateTimeOffset Time(int column) => Micros.Time(Int64(column));
    public DateTimeOffset? TimeOrNull(int column) => IsNull(column) ? null : Time(column);

    public void Dispose() => handle.Dispose();

    private Statement Null() => Bound(raw.sqlite3_bind_null(handle, ++_bound));

    private Statement Bound(int code) => code == raw.SQLITE_OK ? this : throw SqliteFault.Of(db, raw.sqlite3_sql(handle).utf8_to_string());
}
