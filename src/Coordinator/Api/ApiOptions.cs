namespace Corral.Coordinator.Api;

/// <summary>Bounds of the HTTP API. Section <c>Api</c>.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>The longest body of a submission, bytes: 1 KiB–1 GiB, default 8 MiB. Longer contents go as blobs.</summary>
    public int MaxJobBodyBytes { get; set; } = 8 << 20;

    /// <summary>The most jobs in one submission: 1–1,000,000, default 10,000.</summary>
    public int MaxJobsPerSubmission { get; set; } = 10_000;

    /// <summary>How long a wait is held that names no timeout: 0 s–<see cref="MaxWait"/>, default 30 s.</summary>
    public TimeSpan DefaultWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait: 0 s–1 h, default 5 min.</summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a silent event stream sends a comment, so that nobody between takes it for dead: 1 s–1 h, default 15 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);
}
