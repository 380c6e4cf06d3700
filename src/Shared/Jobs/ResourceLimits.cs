namespace Corral.Shared.Jobs;

/// <summary>The most one step may use. Each is enforced by the kernel, or by an event with a computed deadline; a limit that cannot be enforced is a refusal to start (invariant I6).</summary>
public sealed record ResourceLimits
{
    /// <summary>Processors' worth of time per period, cgroup <c>cpu.max</c>: 0.01–1024, default 1.</summary>
    public double Cpus { get; init; } = 1;
    /// <summary>Anonymous memory, page cache, tmpfs and kernel memory of the step together, cgroup <c>memory.max</c>: 4 MiB–1 PiB, default 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;
    /// <summary>Processes and threads at once, the sandbox's own PID 1 not counted: 1–1,000,000, default 64.</summary>
    public int Pids { get; init; } = 64;
    /// <summary>User and system time of all processes together, milliseconds: 1–2,592,000,000 (30 days), default 10 s.</summary>
    public long CpuTimeMs { get; init; } = 10_000;
    /// <summary>Time from start to end, milliseconds: 1–2,592,000,000 (30 days), default 30 s.</summary>
    public long WallTimeMs { get; init; } = 30_000;
    /// <summary>stdout and stderr together, beyond which the step is ended: 0–1 PiB, default 64 MiB.</summary>
    public long OutputBytes { get; init; } = 64L << 20;
    /// <summary>How much of each of stdout and stderr is kept: 0–64 MiB, default 64 KiB. Beyond it output is drained and counted; the verdict does not change.</summary>
    public long CaptureBytes { get; init; } = 64L << 10;
    /// <summary>Size of the rootfs's writable layer, and of a workspace this step is first to use: 4 KiB–1 TiB, default 64 MiB. It is tmpfs, so what is written also counts as memory.</summary>
    public long ScratchBytes { get; init; } = 64L << 20;
    /// <summary>Files, directories and links in the same: 16–100,000,000, default 10,000.</summary>
    public long ScratchInodes { get; init; } = 10_000;
    /// <summary>RLIMIT_NOFILE: 3–1,048,576, default 256. Never more than the agent's own hard limit, else the agent refuses.</summary>
    public int OpenFiles { get; init; } = 256;
    /// <summary>RLIMIT_STACK: 64 KiB–1 TiB, default 8 MiB.</summary>
    public long StackBytes { get; init; } = 8L << 20;
}
