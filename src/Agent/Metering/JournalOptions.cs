using System.ComponentModel.DataAnnotations;

namespace Corral.Agent.Metering;

/// <summary>Section <c>Corral:Agent:Journal</c>.</summary>
internal sealed class JournalOptions
{
    /// <summary>Whether an entry counts as written only when the disk has it; default true. False loses acknowledged work in a power cut: it exists as the negative control of the test that cuts the power.</summary>
    public bool Fsync { get; set; } = true;

    /// <summary>The length at which the file is written anew with only what is not yet acknowledged, bytes; default 16 MiB, at least 64 KiB.</summary>
    [Range(64 << 10, int.MaxValue)]
    public int CompactBytes { get; set; } = 16 << 20;

    /// <summary>How long to wait at most before writing again when the disk is full; default 1 s.</summary>
    public TimeSpan FullRetry { get; set; } = TimeSpan.FromSeconds(1);
}
