using Corral.Agent.Files;
using Corral.Agent.Tests.Testing;

namespace Corral.Agent.Tests.Files;

public sealed class BlobCacheTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly MemoryBlobs _blobs = new();

    public void Dispose() => _directory.Dispose();

    private BlobCache Cache(long maxBytes = 1 << 20) => new(_directory.Path, _blobs, new BlobCacheOptions { MaxBytes = maxBytes });

    private static async Task<byte[]?> ReadAsync(BlobCache cache, string tenant, Shared.Jobs.BlobDigest digest)
    {
        using var handle = await cache.OpenAsync(tenant, digest, TestContext.Current.CancellationToken);
        if (handle is null)
            return null;
        var bytes = new byte[RandomAccess.GetLength(handle)];
        RandomAccess.Read(handle, bytes, 0);
        return bytes;
    }

    [Fact]
    public async Task A_blob_is_fetched_once_and_read_many_times_also_by_the_next_process()
    {
        var digest = _blobs.Put("t1", [1, 2, 3]);
        var cache = Cache();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => Assert.Equal([1, 2, 3], await ReadAsync(cache, "t1", digest))));
        Assert.Equal([1, 2, 3], await ReadAsync(Cache(), "t1", digest));
        Assert.Equal(1, _blobs.Opens);
    }

    [Fact]
    public async Task Another_tenant_does_not_get_it_by_its_digest()
    {
        var digest = _blobs.Put("t1", [1, 2, 3]);
        var cache = Cache();
        await ReadAsync(cache, "t1", digest);

        Assert.Null(await ReadAsync(cache, "t2", digest));
    }

    [Fact]
    public async Task Bytes_of_another_digest_are_refused_and_not_kept()
    {
        var digest = _blobs.Put("t1", [1, 2, 3]);
        _blobs.Damage = [6, 6, 6];
        var cache = Cache();

        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(cache, "t1", digest));
        Assert.Empty(Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories));
        _blobs.Damage = null;
        Assert.Equal([1, 2, 3], await ReadAsync(cache, "t1", digest));
    }

    [Fact]
    public async Task The_longest_unused_goes_first_and_an_open_one_stays_readable()
    {
        var digests = Enumerable.Range(0, 3).Select(i => _blobs.Put("t1", [.. Enumerable.Repeat((byte)i, 100)])).ToArray();
        var cache = Cache(maxBytes: 250);
        using var open = await cache.OpenAsync("t1", digests[0], TestContext.Current.CancellationToken);
        await ReadAsync(cache, "t1", digests[1]);
        await ReadAsync(cache, "t1", digests[2]);

        Assert.Equal(2, Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Count());
        Assert.Equal(100, RandomAccess.Read(open!, new byte[200], 0));
        await ReadAsync(cache, "t1", digests[2]);
        Assert.Equal(3, _blobs.Opens);
    }
}
