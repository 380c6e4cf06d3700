namespace Corral.Agent.Cgroups;

/// <summary>What a group's memory consists of now, bytes; what the host does not tell is null.</summary>
/// <param name="Current">The whole charge.</param>
/// <param name="Anon">Anonymous memory.</param>
/// <param name="Shmem">Shared memory and tmpfs.</param>
/// <param name="File">Page cache of files, without <paramref name="Shmem"/>.</param>
/// <param name="Kernel">The kernel's own.</param>
internal readonly record struct MemoryReading(long? Current, long? Anon, long? Shmem, long? File, long? Kernel);
