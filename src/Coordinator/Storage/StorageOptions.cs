namespace Corral.Coordinator.Storage;

/// <summary>Where and how the coordinator keeps what it must not forget. Section <c>Coordinator:Storage</c>.</summary>
internal sealed class StorageOptions
{
    /// <summary>The SQLite file; its folder is made. Default: <c>corral.db</c> in the state folder.</summary>
    public string Path { get; set; } = "";

    /// <summary>FULL (default): a commit returns when its bytes are on the disk. OFF loses acknowledged jobs at a power cut, and exists so that the power-cut test can prove that it would notice.</summary>
    public Durability Synchronous { get; set; } = Durability.Full;

    /// <summary>The folder of the blobs. Default: <c>blobs-store</c> in the state folder.</summary>
    public string BlobPath { get; set; } = "";

    /// <summary>The most bytes one blob may have: 1–1 PiB, default 1 GiB.</summary>
    public long MaxBlobBytes { get; set; } = 1L << 30;

    /// <summary>How long an idempotency key is remembered, default 24 hours.</summary>
    public TimeSpan IdempotencyPeriod { get; set; } = TimeSpan.FromHours(24);
}

/// <summary>What a commit waits for.</summary>
internal enum Durability
{
    /// <summary>Nothing. For a negative control only.</summary>
    Off = 0,
    /// <summary>The disk.</summary>
    Full = 2,
}
