using System.Collections.Concurrent;
using System.Security.Cryptography;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Files;

/// <summary>
/// Blobs that steps read, on this host: <c>DIRECTORY/TENANT/HEX</c>. A tenant has its own copies, because knowing a digest is not a permission: each copy
/// came from the coordinator under that tenant's name. A file gets its name only when its bytes have the digest that it is named by.
/// </summary>
internal sealed class BlobCache
{
    private readonly string _directory;
    private readonly IBlobTransfer _transfer;
    private readonly long _maxBytes;
    private readonly ConcurrentDictionary<(string Tenant, BlobDigest Digest), Task<bool>> _fetches = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, long Bytes)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Path, long Bytes)> _byUse = new();
    private long _bytes;

    public BlobCache(string directory, IBlobTransfer transfer, BlobCacheOptions options)
    {
        (_directory, _transfer, _maxBytes) = (directory, transfer, options.MaxBytes);
        Directory.CreateDirectory(directory);
        // What an earlier process was still writing is not a blob.
        foreach (var part in Directory.EnumerateFiles(directory, "*.part"))
            File.Delete(part);
        foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc))
            Remember(file.FullName, file.Length);
    }

    /// <summary>Opens a blob for reading, fetching it first where it is not here; null where the tenant has none of that digest.</summary>
    public async Task<SafeFileHandle?> OpenAsync(string tenant, BlobDigest digest, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_directory, tenant, digest.Hex);
        while (true)
        {
            if (TryOpen(path) is { } handle)
                return handle;
            // All who want the same blob wait for one transfer; whoever began it may give up without failing the others, who then begin anew.
            var fetch = _fetches.GetOrAdd((tenant, digest), key => FetchAsync(key.Tenant, key.Digest, path, cancellationToken));
            try
            {
                if (!await fetch.WaitAsync(cancellationToken))
                    return null;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
            }
        }
    }

    private SafeFileHandle? TryOpen(string path)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue(path, out var entry))
                return null;
            _byUse.Remove(entry);
            _byUse.AddLast(entry);
            // An open file outlives its name, so eviction never takes it from a reader.
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
    }

    private async Task<bool> FetchAsync(string tenant, BlobDigest digest, string path, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var part = Path.Combine(_directory, $"{Guid.NewGuid():N}.part");
        try
        {
            await using var source = await _transfer.OpenAsync(tenant, digest, cancellationToken);
            if (source is null)
                return false;
            long length;
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 << 10, useAsync: false))
            {
                var found = await CopyAsync(source, file, cancellationToken);
                if (found != digest)
                    throw new InvalidDataException($"Fetching blob '{digest}' failed: the bytes that came have digest '{found}'. The store or the way to it is damaged.");
                // Its name is the proof of its bytes, also after a power cut.
                file.Flush(flushToDisk: true);
                length = file.Length;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(part, path, overwrite: true);
            Remember(path, length);
            return true;
        }
        finally
        {
            File.Delete(part);
            _fetches.TryRemove((tenant, digest), out _);
        }
    }

    private static async Task<BlobDigest> CopyAsync(Stream source, FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 << 10];
        int read;
        while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return BlobDigest.FromHash(hash.GetHashAndReset());
    }

    private void Remember(string path, long bytes)
    {
        lock (_gate)
        {
            if (_known.ContainsKey(path))
                return;
            _known[path] = _byUse.AddLast((path, bytes));
            _bytes += bytes;
            // The newest stays, however large: somebody is about to open it.
            while (_bytes > _maxBytes && _byUse.Count > 1)
            {
                var (oldest, size) = _byUse.First!.Value;
                _byUse.RemoveFirst();
                _known.Remove(oldest);
                _bytes -= size;
                File.Delete(oldest);
            }
        }
    }
}
