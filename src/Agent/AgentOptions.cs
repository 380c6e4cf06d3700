using System.ComponentModel.DataAnnotations;

namespace Corral.Agent;

/// <summary>Section <c>Agent</c>.</summary>
public sealed class AgentOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Agent";

    /// <summary>The agent's name, stable over restarts and unique in the fleet: 1–64 of <c>a-z A-Z 0-9 - _ .</c>; default the host's name.</summary>
    [Required]
    public string Id { get; set; } = Environment.MachineName;

    /// <summary>The pool it serves; default <c>default</c>.</summary>
    [Required]
    public string Pool { get; set; } = "default";

    /// <summary>Free marks, shown beside the agent; default none.</summary>
    public Dictionary<string, string> Labels { get; } = [];

    /// <summary>The folder for journal, blobs, images and the launcher's socket; one agent each. Default <c>/var/lib/corral</c>.</summary>
    [Required]
    public string StateDirectory { get; set; } = "/var/lib/corral";

    /// <summary>Processors that may be reserved; default 0, which means all there are.</summary>
    [Range(0, 1_000_000)]
    public double Cpus { get; set; }

    /// <summary>Memory that may be reserved, bytes; default 0, which means 80 % of the host's (or of the container's limit).</summary>
    [Range(0, long.MaxValue)]
    public long MemoryBytes { get; set; }

    /// <summary>Attempts at once, whatever they reserve; default 256.</summary>
    [Range(1, 100_000)]
    public int MaxAttempts { get; set; } = 256;

    /// <summary>
    /// First uid and gid of the range that attempts get; default 1,880,000,000, from the range that systemd leaves to nobody (https://systemd.io/UIDS-GIDS).
    /// </summary>
    [Range(1, int.MaxValue)]
    public int FirstUserId { get; set; } = 1_880_000_000;

    /// <summary>How many there are, at least <see cref="MaxAttempts"/>; default 4,096.</summary>
    [Range(1, 10_000_000)]
    public int UserIds { get; set; } = 4096;

    /// <summary>How often the lease is renewed; default 1 s. The coordinator decides how long the lease is.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Between the SIGTERM of a cancelled step and its end by SIGKILL; default 1 s.</summary>
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a blob that cannot be fetched or stored is tried again before the step is given up as broken by our fault; default 30 s.</summary>
    public TimeSpan BlobPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often new output of watched attempts is sent; default 50 ms. Nothing ticks while nobody watches.</summary>
    public TimeSpan LiveOutputEvery { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Warm sandboxes kept ready, 0–256; default 8. With 0 each step waits for its sandbox to be made.</summary>
    [Range(0, 256)]
    public int WarmSandboxes { get; set; } = 8;

    /// <summary>A file to which the launcher appends a line when a step starts and ends, apart from the agent's own books; default none.</summary>
    public string? StartLog { get; set; }
}
