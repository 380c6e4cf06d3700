namespace Corral.Agent.Sandbox;

/// <summary>Why the command of a step did not start.</summary>
/// <param name="Phase">What was being done.</param>
/// <param name="Errno">What the kernel said.</param>
/// <param name="FileIndex">With <see cref="StartPhase.Files"/>: which file, from 0.</param>
internal sealed record StartFailure(StartPhase Phase, int Errno, int FileIndex)
{
    /// <summary>The caller asked for something impossible (CannotStart); otherwise the fault is ours (SandboxBroke).</summary>
    public bool IsCallersFault => Phase is StartPhase.Files or StartPhase.WorkingDirectory or StartPhase.Exec or StartPhase.Fork || (Phase == StartPhase.Limits && Errno == Interop.Errno.EPERM);
}
