using Corral.Agent.Interop;
using Corral.Shared.Contracts;
using Corral.Shared.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Files;

/// <summary>Keeps the files that a step's patterns name, as blobs.</summary>
internal sealed class OutputCollector(IBlobTransfer blobs, OutputOptions options)
{
    /// <summary>Collects from a workspace; every path that matched is in the answer, with its problem where it was not kept.</summary>
    public async Task<IReadOnlyList<OutputFile>> CollectAsync(SafeFileHandle root, string tenant, IReadOnlyList<string> patterns, CancellationToken cancellationToken)
    {
        if (patterns.Count == 0)
            return [];

        var outputs = new List<OutputFile>();
        var left = options.MaxStepBytes;
        foreach (var found in new OutputWalk(root, new OutputPatterns(patterns), options).Run())
        {
            var output = found.Problem is null ? await KeepAsync(root, found.Path, tenant, left, cancellationToken) : new OutputFile(found.Path, 0, null, found.Problem);
            if (output is null)
                continue;
            if (output.Blob is not null)
                left -= output.Bytes;
            outputs.Add(output);
        }

        return outputs;
    }

    private async Task<OutputFile?> KeepAsync(SafeFileHandle root, string path, string tenant, long left, CancellationToken cancellationToken)
    {
        using var file = FileCalls.TryOpenBeneath(root, path, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlock, 0, out var errno);
        if (file is null)
        {
            // Gone since it was found: another step removed it.
            if (errno == Errno.ENOENT)
                return null;
            return new OutputFile(path, 0, null, errno is Errno.ELOOP or Errno.EXDEV ? "It is a link, not a regular file." : $"It could not be opened (errno {errno}).");
        }

        var status = FileCalls.Stat(file);
        if (!status.IsRegular)
            return new OutputFile(path, 0, null, "It is not a regular file.");
        if (status.Size > options.MaxFileBytes)
            return new OutputFile(path, status.Size, null, $"The file is larger than {options.MaxFileBytes} bytes.");
        if (status.Size > left)
            return new OutputFile(path, status.Size, null, $"The files of the step are together larger than {options.MaxStepBytes} bytes.");

        // No further than the size it had when it was opened: another step may be writing to it.
        await using var content = new BoundedFileStream(file, status.Size);
        var digest = await blobs.StoreAsync(tenant, content, cancellationToken);
        return new OutputFile(path, content.BytesRead, digest);
    }
}
