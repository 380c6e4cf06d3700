using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>One connection with the statements prepared on it. One thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = new(StringComparer.Ordinal);

    public SqliteSession(string path, bool readOnly)
    {
        var connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
        };
        _connection = new SqliteConnection(connectionString.ToString());
        try
        {
            _connection.Open();
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw SqliteFault.Of(e.SqliteExtendedErrorCode, $"The database '{path}' cannot be opened: {e.Message}", e);
        }

        Handle = _connection.Handle!;
        raw.sqlite3_extended_result_codes(Handle, 1);
    }

    public sqlite3 Handle { get; }

    /// <summary>The statement, prepared at its first use. Texts are constants: what varies is bound.</summary>
    public Statement Sql(string text)
    {
        if (_statements.TryGetValue(text, out var statement))
        {
            // Whoever used it last may have been interrupted by a fault.
            statement.Reset();
            return statement;
        }

        if (raw.sqlite3_prepare_v3(Handle, text, raw.SQLITE_PREPARE_PERSISTENT, out var prepared) != raw.SQLITE_OK)
            throw SqliteFault.Of(Handle, text);
        statement = new Statement(Handle, prepared);
        _statements.Add(text, statement);
        return statement;
    }

    /// <summary>Runs a script of any number of statements, once.</summary>
    public void Script(string text)
    {
        if (raw.sqlite3_exec(Handle, text) != raw.SQLITE_OK)
            throw SqliteFault.Of(Handle, text.Length > 200 ? text[..200] + "…" : text);
    }

    public long Scalar(string text)
    {
        var statement = Sql(text);
        var value = statement.Step() ? statement.Int64(0) : 0;
        statement.Reset();
        return value;
    }

    /// <summary>Whether a transaction is open: SQLite ends one by itself on some faults.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }
}
