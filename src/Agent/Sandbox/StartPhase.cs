namespace Corral.Agent.Sandbox;

/// <summary>What was being done when a step could not be started. The launcher reports the numbers: they never change.</summary>
internal enum StartPhase
{
    /// <summary>Nothing failed.</summary>
    None = 0,
    /// <summary>Stdin, stdout, stderr, session: ours.</summary>
    Stdio = 1,
    /// <summary>Taking the attempt's uid and gid: ours.</summary>
    Credentials = 2,
    /// <summary>Attaching the workspace: ours.</summary>
    Workspace = 3,
    /// <summary>Writing an input file: the caller's.</summary>
    Files = 4,
    /// <summary>Entering the working directory: the caller's.</summary>
    WorkingDirectory = 5,
    /// <summary>Setting a resource limit: ours.</summary>
    Limits = 6,
    /// <summary>execve: the caller's.</summary>
    Exec = 7,
    /// <summary>Making the child process: pids or memory limit too small.</summary>
    Fork = 8,
    /// <summary>Reading the start message: ours.</summary>
    Message = 9,
    /// <summary>The launcher refused, because the agent's lease had ended.</summary>
    Lease = 10,
    /// <summary>Giving the writable layer its size: ours.</summary>
    Scratch = 11,
    /// <summary>Not a start: launcher or cloner died, and every sandbox with them: ours.</summary>
    LauncherLost = 12,
}
