namespace Corral.Shared.Jobs;

/// <summary>A regular file that a step left beneath <c>/box</c>.</summary>
/// <param name="Path">Relative to <c>/box</c>.</param>
/// <param name="Bytes">Its size when collected.</param>
/// <param name="Blob">Where its bytes are; null where it was over the size cap, with <paramref name="Problem"/> set.</param>
/// <param name="Problem">Why it was not kept.</param>
public sealed record OutputFile(string Path, long Bytes, BlobDigest? Blob, string? Problem = null);
