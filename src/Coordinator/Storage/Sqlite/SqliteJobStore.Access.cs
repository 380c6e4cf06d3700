using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage.Sqlite;

internal sealed partial class SqliteJobStore
{
    public Task<bool> AddKeyAsync(byte[] hash, ApiKey key, bool onlyFirst, DateTimeOffset now) => Writer.Write(session =>
        session.Sql("INSERT INTO api_keys (hash, name, tenant, role, created_at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE ?6 = 0 OR NOT EXISTS (SELECT 1 FROM api_keys)")
            .With(hash).With(key.Name).With(key.Tenant).With((int)key.Role).With(now).With(onlyFirst).Run() == 1);

    public Task<ApiKey?> KeyAsync(byte[] hash, CancellationToken cancellationToken) => Readers.Read(
        session =>
        {
            var row = session.Sql("SELECT name, tenant, role FROM api_keys WHERE hash = ?").With(hash);
            var key = row.Step() ? new ApiKey(row.Text(0), row.TextOrNull(1), (ApiRole)row.Int32(2)) : null;
            row.Reset();
            return key;
        },
        cancellationToken);

    public Task<bool> HasKeysAsync(CancellationToken cancellationToken) =>
        Readers.Read(session => session.Scalar("SELECT count(*) FROM api_keys") > 0, cancellationToken);

    public Task<bool> GrantBlobAsync(string tenant, BlobDigest digest, long bytes, DateTimeOffset now) => Writer.Write(session =>
    {
        var hash = Convert.FromHexString(digest.Hex);
        session.Sql("INSERT OR IGNORE INTO blobs (digest, bytes, stored_at) VALUES (?, ?, ?)").With(hash).With(bytes).With(now).Run();
        return session.Sql("INSERT OR IGNORE INTO blob_grants (tenant, digest, granted_at) VALUES (?, ?, ?)").With(tenant).With(hash).With(now).Run() == 1;
    });

    public Task<IReadOnlyList<BlobDigest>> GrantedBlobsAsync(string tenant, IReadOnlyCollection<BlobDigest> digests, CancellationToken cancellationToken) => Readers.Read<IReadOnlyList<BlobDigest>>(
        session => digests.Where(digest => IsGranted(session, tenant, digest)).ToList(), cancellationToken);

    private static bool IsGranted(SqliteSession session, string tenant, BlobDigest digest)
    {
        var row = session.Sql("SELECT 1 FROM blob_grants WHERE tenant = ? AND digest = ?").With(tenant).With(Convert.FromHexString(digest.Hex));
        var granted = row.Step();
        row.Reset();
        return granted;
    }
}
