using SQLitePCL;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>What SQLite said, as an exception by kind of fault. https://www.sqlite.org/rescode.html</summary>
internal static class SqliteFault
{
    public static StorageException Of(sqlite3 db, string what)
    {
        var code = raw.sqlite3_extended_errcode(db);
        return Of(code, $"'{what.ReplaceLineEndings(" ").Trim()}' failed: {raw.sqlite3_errmsg(db).utf8_to_string()} (SQLite code {code}).");
    }

    public static StorageException Of(int extendedCode, string message, Exception? inner = null)
    {
        var fault = (extendedCode & 0xff) switch
        {
            raw.SQLITE_FULL => StorageFault.Full,
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StorageFault.Busy,
            raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM => StorageFault.Io,
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StorageFault.Corrupt,
            raw.SQLITE_CONSTRAINT => StorageFault.Constraint,
            _ => StorageFault.Other,
        };
        var remedy = fault == StorageFault.Full ? " Make room on the disk of the state folder." : "";
        return new StorageException(fault, message + remedy, inner);
    }
}
