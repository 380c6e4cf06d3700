using System.Runtime.InteropServices;

namespace Corral.Agent;

/// <summary>The host refused what a sandbox needs: our fault or the host's, never the job's, and never billed.</summary>
internal sealed class SandboxException : Exception
{
    /// <summary>A system call failed.</summary>
    /// <param name="step">What was being done.</param>
    /// <param name="target">On what: a path, a group's name, a process.</param>
    /// <param name="errno">The kernel's reason.</param>
    /// <param name="remedy">What the operator can do, a full sentence.</param>
    public SandboxException(SandboxStep step, string target, int errno, string? remedy = null)
        : base($"{step} failed on '{target}': {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno}).{(remedy is null ? "" : " " + remedy)}")
    {
        Step = step;
        Target = target;
        Errno = errno;
    }

    /// <summary>The host lacks something; no system call was refused.</summary>
    /// <param name="step">What was being done.</param>
    /// <param name="target">What is lacking.</param>
    /// <param name="reason">Full sentences: why it cannot be, and the remedy.</param>
    public SandboxException(SandboxStep step, string target, string reason)
        : base($"{step} failed on '{target}': {reason}")
    {
        Step = step;
        Target = target;
    }

    /// <summary>What was being done.</summary>
    public SandboxStep Step { get; }

    /// <summary>On what.</summary>
    public string Target { get; }

    /// <summary>The kernel's reason, 0 where no system call was refused.</summary>
    public int Errno { get; }

    /// <summary>Whether the same call may succeed later without anybody's help.</summary>
    public bool IsTransient => Errno is Interop.Errno.EINTR or Interop.Errno.EAGAIN or Interop.Errno.ENOMEM or Interop.Errno.EBUSY or Interop.Errno.ENFILE or Interop.Errno.EMFILE;
}
