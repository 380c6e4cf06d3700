using Corral.Coordinator.Application;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Storage;

/// <summary>Who may do what: keys of the API by hash, blobs by tenant.</summary>
internal interface IAccessStore
{
    /// <summary>Adds a key; with <paramref name="onlyFirst"/> only where there is none at all. False where it was not added.</summary>
    Task<bool> AddKeyAsync(byte[] hash, ApiKey key, bool onlyFirst, DateTimeOffset now);

    /// <summary>The key with this hash; null where there is none.</summary>
    Task<ApiKey?> KeyAsync(byte[] hash, CancellationToken cancellationToken);

    /// <summary>Whether there is any key.</summary>
    Task<bool> HasKeysAsync(CancellationToken cancellationToken);

    /// <summary>The tenant may read the blob from now on. False where it might already.</summary>
    Task<bool> GrantBlobAsync(string tenant, BlobDigest digest, long bytes, DateTimeOffset now);

    /// <summary>Those of the digests that the tenant may read.</summary>
    Task<IReadOnlyList<BlobDigest>> GrantedBlobsAsync(string tenant, IReadOnlyCollection<BlobDigest> digests, CancellationToken cancellationToken);
}
