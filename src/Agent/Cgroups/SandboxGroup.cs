using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>The group of one sandbox. Disposing closes the descriptors; it does not remove the group.</summary>
internal abstract class SandboxGroup : IDisposable
{
    /// <summary>The group's name beneath the slice.</summary>
    public abstract string Name { get; }

    /// <summary>The cgroup2 directory for CLONE_INTO_CGROUP.</summary>
    public abstract SafeFileHandle EntryDirectory { get; }

    /// <summary><c>cgroup.kill</c> of the cgroup2 directory, open for writing; the launcher keeps a duplicate.</summary>
    public abstract SafeFileHandle KillFile { get; }

    /// <summary>v1 <c>cgroup.procs</c> files, open for writing, to which PID 1 writes "0" before it does anything else; empty on v2.</summary>
    public abstract IReadOnlyList<SafeFileHandle> AttachFiles { get; }

    /// <summary>Brings the limits to these; writes only those that differ from what is in force.</summary>
    public abstract void Apply(GroupLimits limits);

    /// <summary>Kills every process in the group, atomically.</summary>
    public abstract void Kill();

    /// <summary>Cpu time used since birth, nanoseconds: the cheapest reading there is.</summary>
    public abstract long ReadCpuNs();

    /// <summary>Reads all counters.</summary>
    public abstract GroupCounters Read();

    /// <summary>What its memory consists of now.</summary>
    public abstract MemoryReading ReadMemory();

    /// <summary>Resets the kernel's memory peak to the present charge; false where the kernel cannot.</summary>
    public abstract bool TryResetMemoryPeak();

    /// <summary>Removes the group; false where the kernel still holds it busy (ask again).</summary>
    public abstract bool TryRemove();

    /// <inheritdoc/>
    public abstract void Dispose();
}
