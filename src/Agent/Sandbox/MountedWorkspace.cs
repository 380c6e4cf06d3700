using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>A tmpfs that steps find at <c>/box</c>: mounted in the launcher's own mount namespace, so it outlives steps and the agent. Disposing unmounts it.</summary>
internal sealed class MountedWorkspace : IAsyncDisposable
{
    private readonly SandboxHost _host;

    internal MountedWorkspace(SandboxHost host, long id, SafeFileHandle rootDirectory)
    {
        _host = host;
        Id = id;
        RootDirectory = rootDirectory;
    }

    /// <summary>The caller's number for it, kept across a restart of the agent.</summary>
    public long Id { get; }

    /// <summary>Its root; open files beneath it with openat2, RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS.</summary>
    public SafeFileHandle RootDirectory { get; }

    /// <summary>Unmounts it: its memory is free when no step shows it any more.</summary>
    public ValueTask DisposeAsync()
    {
        RootDirectory.Dispose();
        return _host.RemoveWorkspaceAsync(this);
    }
}
