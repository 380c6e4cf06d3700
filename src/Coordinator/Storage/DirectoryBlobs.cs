using System.Security.Cryptography;
using Corral.Coordinator.Application;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Storage;

/// <summary>
/// Blobs in a folder, one file each under its digest, made durable before anybody hears of it: the file is flushed, renamed, flushed again, and only then
/// is the grant committed. A file without a grant is nobody's.
/// </summary>
internal sealed class DirectoryBlobs(IAccessStore access, TimeProvider clock, IOptions<CoordinatorOptions> options) : IBlobs, IBlobTransfer
{
    private const int CopyBytes = 128 << 10;

    private string Folder => options.Value.Storage.BlobPath;

    public async Task<PutBlobOutcome> PutAsync(string tenant, Stream content, CancellationToken cancellationToken)
    {
        var limit = options.Value.Storage.MaxBlobBytes;
        Directory.CreateDirectory(Folder);
        var temporary = Path.Combine(Folder, $"incoming-{Guid.NewGuid():N}");
        try
        {
            var (digest, bytes) = await WriteAsync(temporary, content, limit, cancellationToken);
            if (bytes > limit)
                return new PutBlobOutcome.TooLarge(limit);
            Publish(temporary, digest);
            var added = await access.GrantBlobAsync(tenant, digest, bytes, clock.GetUtcNow());
            return new PutBlobOutcome.Stored(digest, bytes, !added);
        }
        catch (IOException e)
        {
            throw new StorageException(IsFull(e) ? StorageFault.Full : StorageFault.Io, $"A blob could not be written into '{Folder}': {e.Message}", e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    public async Task<Stream?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken)
    {
        if ((await access.GrantedBlobsAsync(tenant, [digest], cancellationToken)).Count == 0)
            return null;
        try
        {
            return new FileStream(PathOf(digest), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });
        }
        catch (IOException e)
        {
            throw new StorageException(StorageFault.Io, $"Blob '{digest}' is granted but cannot be read from '{Folder}': {e.Message}", e);
        }
    }

    public async Task<IReadOnlyList<BlobDigest>> MissingAsync(string tenant, IReadOnlyCollection<BlobDigest> digests, CancellationToken cancellationToken)
    {
        if (digests.Count == 0)
            return [];
        var granted = (await access.GrantedBlobsAsync(tenant, digests, cancellationToken)).ToHashSet();
        return [.. digests.Where(digest => !granted.Contains(digest))];
    }

    /// <summary>For an agent in this process; it stores outputs, which have limits of their own.</summary>
    public async Task<BlobDigest> StoreAsync(string tenant, Stream content, CancellationToken cancellationToken) =>
        await PutAsync(tenant, content, cancellationToken) switch
        {
            PutBlobOutcome.Stored stored => stored.Digest,
            PutBlobOutcome.TooLarge tooLarge => throw new IOException($"The content is larger than a blob may be ({tooLarge.Limit} bytes)."),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private string PathOf(BlobDigest digest) => Path.Combine(Folder, digest.Hex[..2], digest.Hex);

    private static async Task<(BlobDigest Digest, long Bytes)> WriteAsync(string path, Stream content, long limit, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        long bytes = 0;
        int read;
        while (bytes <= limit && (read = await content.ReadAsync(buffer, cancellationToken)) > 0)
        {
            bytes += read;
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        if (bytes <= limit)
            file.Flush(flushToDisk: true);
        return (BlobDigest.FromHash(hash.GetHashAndReset()), bytes);
    }

    private void Publish(string temporary, BlobDigest digest)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (!File.Exists(path))
            File.Move(temporary, path, overwrite: true);
        // A rename changes the file's inode in the transaction that changes the folder, and fsync waits for the inode's last transaction: on ext4, XFS and
        // btrfs this flush makes the name durable too, without a handle of the folder, which .NET does not open. Where another upload has just renamed the
        // same bytes its flush may still be under way, so this one does not rely on it.
        // https://docs.kernel.org/filesystems/ext4/journal.html
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>ENOSPC or EDQUOT, which .NET keeps in the HResult of an IOException on Unix.</summary>
    private static bool IsFull(IOException e) => (e.HResult & 0xffff) is 28 or 122;
}
