namespace Corral.Shared.Jobs.Validation;

/// <summary>What the operator allows a job to ask for. The published OpenAPI document shows these values.</summary>
public sealed record JobRules
{
    /// <summary>The rules of an operator who sets none.</summary>
    public static JobRules Default { get; } = new();

    /// <summary>The most a step may set each limit to. Each must lie in the range that <see cref="ResourceLimits"/> gives for it.</summary>
    public ResourceLimits MaxLimits { get; init; } = new()
    {
        Cpus = 64,
        MemoryBytes = 64L << 30,
        Pids = 32_768,
        CpuTimeMs = 86_400_000,
        WallTimeMs = 86_400_000,
        OutputBytes = 64L << 30,
        CaptureBytes = 64L << 20,
        ScratchBytes = 64L << 30,
        ScratchInodes = 10_000_000,
        OpenFiles = 65_536,
        StackBytes = 1L << 30,
    };

    /// <summary>What a step gets that names no limits. A default above the operator's maximum is lowered to it.</summary>
    public ResourceLimits DefaultLimits { get; init; } = new();

    /// <summary>The most processors one attempt may reserve, its parallel steps added up; default 128.</summary>
    public double MaxReservedCpus { get; init; } = 128;

    /// <summary>The most memory one attempt may reserve, its parallel steps and the workspaces that outlive a step added up, bytes; default 128 GiB.</summary>
    public long MaxReservedMemoryBytes { get; init; } = 128L << 30;

    /// <summary>The images that a step may name; default only <c>host</c>.</summary>
    public IReadOnlyList<string> Images { get; init; } = ["host"];

    /// <summary>Steps in one job: 1–1,000, default 1,000.</summary>
    public int MaxSteps { get; init; } = 1_000;

    /// <summary>Files put into the workspace of one step: 0–10,000, default 1,000.</summary>
    public int MaxFiles { get; init; } = 1_000;

    /// <summary>UTF-8 bytes of one text given in place (a file, stdin, what is expected); longer content goes by blob. Default 1 MiB.</summary>
    public int MaxTextBytes { get; init; } = 1 << 20;

    /// <summary>UTF-8 bytes of all such texts of one job together; default 4 MiB.</summary>
    public int MaxTextBytesOfJob { get; init; } = 4 << 20;

    /// <summary>All that is wrong with the rules themselves, each a sentence; empty where nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        foreach (var (name, limits) in new[] { (nameof(MaxLimits), MaxLimits), (nameof(DefaultLimits), DefaultLimits) })
        {
            if (!(limits.Cpus is >= LimitRanges.LeastCpus and <= LimitRanges.GreatestCpus))
                faults.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}:Cpus is {limits.Cpus}; it must be {LimitRanges.LeastCpus}–{LimitRanges.GreatestCpus}."));
            foreach (var range in LimitRanges.All)
                Check($"{name}:{char.ToUpperInvariant(range.Name[0])}{range.Name[1..]}", range.Of(limits), range.Least, range.Greatest);
        }

        if (!(MaxReservedCpus is >= LimitRanges.LeastCpus and <= 1e6))
            faults.Add($"{nameof(MaxReservedCpus)} is {MaxReservedCpus}; it must be 0.01–1,000,000.");
        Check(nameof(MaxReservedMemoryBytes), MaxReservedMemoryBytes, 4L << 20, 1L << 60);
        Check(nameof(MaxSteps), MaxSteps, 1, 1_000);
        Check(nameof(MaxFiles), MaxFiles, 0, 10_000);
        Check(nameof(MaxTextBytes), MaxTextBytes, 0, 8 << 20);
        Check(nameof(MaxTextBytesOfJob), MaxTextBytesOfJob, 0, 64 << 20);
        if (Images.Count == 0)
            faults.Add($"{nameof(Images)} is empty; name at least one image, such as 'host'.");
        return faults;

        void Check(string name, long value, long least, long greatest)
        {
            if (value < least || value > greatest)
                faults.Add($"{name} is {value}; it must be {least}–{greatest}.");
        }
    }
}
