using System.Globalization;
using System.Reflection;

namespace Corral.Coordinator.Storage.Sqlite;

/// <summary>Brings a database file to the newest schema: scripts <c>NNNN_name.sql</c>, applied in order, each in a transaction of its own. The number of the last one is the file's <c>user_version</c>.</summary>
internal static class SqliteMigrations
{
    private const string Prefix = "Corral.Coordinator.Storage.Sqlite.Migrations.";

    public static IReadOnlyList<(int Number, string Name)> All { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (int.Parse(name.AsSpan(Prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture), name))
            .Order(),
    ];

    public static void Apply(SqliteSession session, string path)
    {
        var have = session.Scalar("PRAGMA user_version");
        var newest = All[^1].Number;
        if (have > newest)
        {
            throw new StorageException(
                StorageFault.NewerSchema,
                $"The database '{path}' has schema {have}, and this program knows schemas up to {newest}: a newer version of Corral wrote it. Run that version, or point Storage:Path at another file.");
        }

        foreach (var (number, name) in All.Where(script => script.Number > have))
            session.Script($"BEGIN IMMEDIATE;\n{Text(name)}\nPRAGMA user_version = {number};\nCOMMIT;");
    }

    private static string Text(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
