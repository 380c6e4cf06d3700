namespace Corral.Shared.Jobs;

/// <summary>The kept part of a stream, at most <see cref="ResourceLimits.CaptureBytes"/>: in place up to <see cref="InlineLimit"/>, else as a blob.</summary>
/// <param name="Inline">The bytes, where there are at most <see cref="InlineLimit"/>; else empty.</param>
/// <param name="Blob">Where longer bytes are.</param>
public sealed record CapturedOutput(byte[] Inline, BlobDigest? Blob)
{
    /// <summary>16 KiB: messages and rows stay small, bytes travel as blobs.</summary>
    public const int InlineLimit = 16 << 10;

    /// <summary>No output.</summary>
    public static CapturedOutput Empty { get; } = new([], null);
}
