using Corral.Coordinator.Billing;
using Corral.Coordinator.Storage;
using Corral.Coordinator.Storage.Sqlite;

namespace Corral.Storage.Tests;

internal sealed class SqliteTestStore : TestStore
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"corral-test-{Guid.NewGuid():N}");

    public StorageOptions Options { get; } = new();
    public SqliteJobStore Sqlite { get; private set; } = null!;
    internal override IJobStore Jobs => Sqlite;
    internal override ILedger Ledger => Sqlite;
    internal override IAccessStore Access => Sqlite;

    public static async Task<SqliteTestStore> OpenAsync(Action<StorageOptions>? configure = null)
    {
        var store = new SqliteTestStore();
        store.Options.Path = Path.Combine(store._folder, "corral.db");
        configure?.Invoke(store.Options);
        await store.ReopenAsync();
        return store;
    }

    public override async Task ReopenAsync()
    {
        if (Sqlite is not null)
            await Sqlite.DisposeAsync();
        Sqlite = new SqliteJobStore(Options, RateCard.BuiltIn);
        await Sqlite.OpenAsync(TestContext.Current.CancellationToken);
    }

    public override string? Execute(string sql)
    {
        using var session = new SqliteSession(Options.Path, readOnly: false);
        try
        {
            session.Script($"PRAGMA busy_timeout = 5000; {sql};");
            return null;
        }
        catch (StorageException e)
        {
            return e.Message;
        }
    }

    public override long Scalar(string sql)
    {
        using var session = new SqliteSession(Options.Path, readOnly: true);
        return session.Scalar(sql);
    }

    public override async ValueTask DisposeAsync()
    {
        await Sqlite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
