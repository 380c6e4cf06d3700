namespace Corral.Shared.Jobs;

/// <summary>Bytes given in place or by digest: exactly one of the two is set.</summary>
/// <param name="Text">UTF-8 text, at most 1 MiB in a job.</param>
/// <param name="Blob">The digest of a stored blob.</param>
public sealed record Content(string? Text, BlobDigest? Blob);
