using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>Bytes by digest. Knowing a digest is not a permission: a tenant sees only what it, or its own jobs, stored.</summary>
internal interface IBlobs
{
    /// <summary>Stores the bytes; when it returns <see cref="PutBlobOutcome.Stored"/> they are durable.</summary>
    /// <param name="tenant">Whose blob.</param>
    /// <param name="content">Read to its end, or to the size limit.</param>
    /// <param name="cancellationToken">Ends the transfer; nothing is kept.</param>
    Task<PutBlobOutcome> PutAsync(string tenant, Stream content, CancellationToken cancellationToken);

    /// <summary>Opens a blob for reading; null where the tenant has none of that digest. The stream knows its length.</summary>
    Task<Stream?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken);

    /// <summary>Those of the digests that the tenant does not have.</summary>
    Task<IReadOnlyList<BlobDigest>> MissingAsync(string tenant, IReadOnlyCollection<BlobDigest> digests, CancellationToken cancellationToken);
}
