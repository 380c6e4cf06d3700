namespace Corral.Coordinator.Api;

/// <summary>Bounds of the HTTP API.</summary>
internal sealed class ApiOptions
{
    /// <summary>The longest body of a submission, bytes; default 8 MiB. Longer contents go as blobs.</summary>
    public int MaxJobBodyBytes { get; set; } = 8 << 20;

    /// <summary>The most jobs in one submission; default 10,000.</summary>
    public int MaxJobsPerSubmission { get; set; } = 10_000;

    /// <summary>How long a wait is held that names no timeout; default 30 s.</summary>
    public TimeSpan DefaultWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait; default 5 min.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a silent event stream sends a comment, so that nobody between takes it for dead; default 15 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}
