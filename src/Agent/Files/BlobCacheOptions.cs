using System.ComponentModel.DataAnnotations;

namespace Corral.Agent.Files;

/// <summary>Section <c>Corral:Agent:Blobs</c>.</summary>
internal sealed class BlobCacheOptions
{
    /// <summary>How many bytes of blobs are kept on this host for the next step that wants them; default 1 GiB. What is in use may exceed it.</summary>
    [Range(0, long.MaxValue)]
    public long MaxBytes { get; set; } = 1 << 30;
}
