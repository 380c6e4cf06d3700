using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>What became of an upload.</summary>
internal abstract record PutBlobOutcome
{
    private PutBlobOutcome()
    {
    }

    /// <summary>The bytes are durable.</summary>
    /// <param name="Digest">Their name.</param>
    /// <param name="Bytes">Their number.</param>
    /// <param name="Existed">The tenant had them already.</param>
    public sealed record Stored(BlobDigest Digest, long Bytes, bool Existed) : PutBlobOutcome;

    /// <summary>More than a blob may have: HTTP 413.</summary>
    /// <param name="Limit">The most a blob may have, bytes.</param>
    public sealed record TooLarge(long Limit) : PutBlobOutcome;
}
