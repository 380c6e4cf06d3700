namespace Corral.Coordinator.Storage;

/// <summary>The store could not do what was asked: nothing of it was acknowledged. After an unknown outcome of a commit the caller reads again.</summary>
internal sealed class StorageException(StorageFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of fault.</summary>
    public StorageFault Fault { get; } = fault;

    /// <summary>Whether the same call may succeed later without anyone's doing other than making room.</summary>
    public bool IsTransient => Fault is StorageFault.Full or StorageFault.Busy or StorageFault.Io or StorageFault.Stopped;
}

/// <summary>Kinds of storage faults.</summary>
internal enum StorageFault
{
    /// <summary>Never used.</summary>
    None = 0,
    /// <summary>No room on the disk: HTTP 507.</summary>
    Full = 1,
    /// <summary>Somebody else holds the database: HTTP 503.</summary>
    Busy = 2,
    /// <summary>The disk or file system failed a read or write: HTTP 503.</summary>
    Io = 3,
    /// <summary>The database file is damaged or is none.</summary>
    Corrupt = 4,
    /// <summary>The database was written by a newer version of the program.</summary>
    NewerSchema = 5,
    /// <summary>A constraint refused the write: a bug.</summary>
    Constraint = 6,
    /// <summary>The store is closing.</summary>
    Stopped = 7,
    /// <summary>Anything else.</summary>
    Other = 8,
}
