using System.Text;
using Corral.Agent.Files;
using Corral.Agent.Interop;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Attempts;

/// <summary>The open descriptors that a step reads its stdin and files from. Texts lie one behind the other in one sealed memory file; blobs are files of the cache.</summary>
internal sealed class StepInput : IDisposable
{
    private readonly List<SafeFileHandle> _owned = [];
    private readonly Dictionary<BlobDigest, SafeFileHandle> _blobs = [];

    /// <summary>Null where stdin is empty.</summary>
    public SafeFileHandle? Stdin { get; private set; }

    public IReadOnlyList<StepFile> Files { get; private set; } = [];

    /// <summary>With a blob that the tenant does not have: which.</summary>
    public BlobDigest? Missing { get; private set; }

    /// <summary>How many descriptors travel to the sandbox: stdin, and each different content of the files.</summary>
    public int Contents => Files.Select(file => file.Content).Distinct().Count() + (Stdin is null ? 0 : 1);

    public static async Task<StepInput> OpenAsync(StepSpec step, string tenant, BlobCache blobs, CancellationToken cancellationToken)
    {
        var input = new StepInput();
        try
        {
            if (step.Stdin is { } stdin)
                input.Stdin = stdin.Blob is { } digest ? await input.OpenAsync(tenant, digest, blobs, cancellationToken) : input.OpenText(stdin.Text);
            if (step.Files.Count > 0)
                await input.OpenFilesAsync(step.Files, tenant, blobs, cancellationToken);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var handle in _owned)
            handle.Dispose();
    }

    private async Task<SafeFileHandle?> OpenAsync(string tenant, BlobDigest digest, BlobCache blobs, CancellationToken cancellationToken)
    {
        if (_blobs.TryGetValue(digest, out var open))
            return open;
        var handle = await blobs.OpenAsync(tenant, digest, cancellationToken);
        if (handle is null)
        {
            Missing = digest;
            return null;
        }

        _owned.Add(handle);
        _blobs.Add(digest, handle);
        return handle;
    }

    private SafeFileHandle? OpenText(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var handle = ContentCalls.SealedMemory(Encoding.UTF8.GetBytes(text));
        _owned.Add(handle);
        return handle;
    }

    private async Task OpenFilesAsync(IReadOnlyList<InputFile> files, string tenant, BlobCache blobs, CancellationToken cancellationToken)
    {
        using var texts = new MemoryStream();
        var places = new (SafeFileHandle? Blob, long Offset, long Length)[files.Count];
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Content.Blob is { } digest)
            {
                if (await OpenAsync(tenant, digest, blobs, cancellationToken) is not { } handle)
                    return;
                places[i] = (handle, 0, RandomAccess.GetLength(handle));
            }
            else
            {
                var bytes = Encoding.UTF8.GetBytes(files[i].Content.Text ?? "");
                places[i] = (null, texts.Length, bytes.Length);
                texts.Write(bytes);
            }
        }

        // Also for empty texts: every file needs a descriptor to be read from.
        var memory = ContentCalls.SealedMemory(texts.GetBuffer().AsSpan(0, (int)texts.Length));
        _owned.Add(memory);
        Files = [.. files.Select((file, i) => new StepFile(file.Path, file.Executable, places[i].Blob ?? memory, places[i].Offset, places[i].Length))];
    }
}
