namespace Corral.Agent.Sandbox;

/// <summary>A sandbox, a workspace or the launcher could not be made or reached: a fault of ours or of the host, never of a job.</summary>
/// <param name="step">What was being done.</param>
/// <param name="errno">What the kernel said; 0 where it said nothing.</param>
/// <param name="message">A full sentence.</param>
internal sealed class SandboxException(string step, int errno, string message) : Exception(message)
{
    /// <summary>What was being done, as the launcher names it.</summary>
    public string Step { get; } = step;

    /// <summary>What the kernel said.</summary>
    public int Errno { get; } = errno;

    /// <summary>Another try may succeed: the kernel was short of memory, processes or descriptors.</summary>
    public bool IsTransient { get; } = errno is 11 or 12 or 23 or 24;
}
