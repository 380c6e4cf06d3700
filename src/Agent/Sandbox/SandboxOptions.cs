namespace Corral.Agent.Sandbox;

/// <summary>How sandboxes are made on this host.</summary>
internal sealed class SandboxOptions
{
    /// <summary>The agent's state folder; the launcher's socket, the images and the generated skeleton live in it.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The launcher's executable; by default <c>corral-init</c> beside this assembly.</summary>
    public string LauncherPath { get; init; } = Path.Combine(AppContext.BaseDirectory, "corral-init");

    /// <summary>Warm sandboxes kept ready for each image in use, 0–256, default 8. 0 makes every step a pool miss.</summary>
    public int WarmCount { get; init; } = 8;

    /// <summary>Images warmed before the first step asks for them; default none.</summary>
    public IReadOnlyList<SandboxImage> Prewarm { get; init; } = [];

    /// <summary>How long sandboxes may live before the first <see cref="SandboxHost.RenewLease"/>, default 5 s.</summary>
    public TimeSpan InitialLease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A file to which the launcher appends <c>ATTEMPT STEP BOOTTIME_NS start|end</c> for each step, whatever becomes of the agent; null keeps none.</summary>
    public string? StartLog { get; init; }

    /// <summary>The processors' worth of time, memory and pids a warm sandbox waits with; what a step asks for is applied at dispatch where it differs.</summary>
    public Cgroups.GroupLimits WarmLimits { get; init; } = new(Cpus: 1, MemoryBytes: 256L << 20, Pids: 65);

    /// <summary>Size of a warm sandbox's writable layer, bytes; another one is given at dispatch where the step asks for it.</summary>
    public long WarmScratchBytes { get; init; } = 64L << 20;

    /// <summary>Inodes of the same.</summary>
    public long WarmScratchInodes { get; init; } = 10_000;
}
