using System.Collections.Concurrent;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;

namespace Corral.Agent.Tests.Testing;

/// <summary>The coordinator's blob store, as an agent sees it.</summary>
internal sealed class MemoryBlobs : IBlobTransfer
{
    private readonly ConcurrentDictionary<(string Tenant, BlobDigest Digest), byte[]> _blobs = new();

    /// <summary>How often a blob was opened.</summary>
    public int Opens { get; private set; }

    /// <summary>What a damaged store hands out instead.</summary>
    public byte[]? Damage { get; set; }

    public BlobDigest Put(string tenant, byte[] bytes)
    {
        var digest = BlobDigest.Of(bytes);
        _blobs[(tenant, digest)] = bytes;
        return digest;
    }

    public byte[] Get(string tenant, BlobDigest digest) => _blobs[(tenant, digest)];

    public Task<Stream?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken)
    {
        Opens++;
        return Task.FromResult<Stream?>(_blobs.TryGetValue((tenant, digest), out var bytes) ? new MemoryStream(Damage ?? bytes) : null);
    }

    public async Task<BlobDigest> StoreAsync(string tenant, Stream content, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        return Put(tenant, bytes.ToArray());
    }
}
