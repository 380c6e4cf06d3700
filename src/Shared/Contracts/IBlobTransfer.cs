using Corral.Shared.Jobs;

namespace Corral.Shared.Contracts;

/// <summary>How an agent reads and writes blobs: over HTTP in a fleet, directly in one process. Access is per tenant.</summary>
public interface IBlobTransfer
{
    /// <summary>Opens a blob; null where the tenant has none of that digest.</summary>
    /// <param name="tenant">Whose blob.</param>
    /// <param name="digest">Which.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<Stream?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken);

    /// <summary>Stores the bytes durably and says their digest.</summary>
    /// <param name="tenant">Whose blob.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<BlobDigest> StoreAsync(string tenant, Stream content, CancellationToken cancellationToken);
}
