using System.ComponentModel.DataAnnotations;

namespace Corral.Agent.Files;

/// <summary>Section <c>Corral:Agent:Outputs</c>: how much of what a step leaves is kept.</summary>
internal sealed class OutputOptions
{
    /// <summary>Largest file kept, bytes; default 16 MiB.</summary>
    [Range(0, 1L << 40)]
    public long MaxFileBytes { get; set; } = 16 << 20;

    /// <summary>All files of one step together, bytes; default 64 MiB.</summary>
    [Range(0, 1L << 40)]
    public long MaxStepBytes { get; set; } = 64 << 20;

    /// <summary>Files of one step; default 1,000.</summary>
    [Range(0, 100_000)]
    public int MaxFiles { get; set; } = 1000;

    /// <summary>Directories beneath each other that are looked into; default 32.</summary>
    [Range(1, 1000)]
    public int MaxDepth { get; set; } = 32;

    /// <summary>Directory entries looked at; default 200,000. A job decides how many there are, and the agent pays for looking.</summary>
    [Range(1, 100_000_000)]
    public int MaxEntries { get; set; } = 200_000;
}
