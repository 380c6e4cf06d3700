using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Cgroups;

/// <summary>
/// A counter file that stays open after its first reading: a pread on it costs a few microseconds, open and close as much again.
/// The kernel prints afresh on every read from offset 0.
/// </summary>
internal sealed class CounterFile(GroupDirectory directory, string name, int flags = OpenFlags.ReadOnly) : IDisposable
{
    // The longest of them, memory.events and cpu.stat, are below 400 bytes; io.stat has a line of about 80 for each device.
    public const int BufferSize = 4096;

    private readonly Lock gate = new();
    private SafeFileHandle? handle;
    private bool absent;

    /// <summary>The file's content within the buffer; empty where this kernel has no such file.</summary>
    public ReadOnlySpan<byte> Read(Span<byte> buffer)
    {
        if (Handle() is not { } file) return default;
        var read = FileCalls.TryReadAt(file, buffer, 0);
        if (read == -Errno.ENOTSUP) return default; // a pressure file that was switched off in cgroup.pressure
        if (read < 0) throw new SandboxException(SandboxStep.ReadCounter, $"{directory.Path}/{name}", -read);
        return buffer[..read];
    }

    /// <summary>The number beside a key; null where file or key are absent.</summary>
    public long? Keyed(ReadOnlySpan<byte> key)
    {
        Span<byte> buffer = stackalloc byte[BufferSize];
        return CounterText.Keyed(Read(buffer), key);
    }

    /// <summary>The file's only number; null where the file is absent.</summary>
    public long? Single()
    {
        Span<byte> buffer = stackalloc byte[64];
        return CounterText.Single(Read(buffer));
    }

    /// <summary>Writes on the very descriptor that is read; false where the kernel refuses.</summary>
    public bool TryWrite(ReadOnlySpan<byte> value) => Handle() is { } file && FileCalls.TryWrite(file, value) >= 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            absent = true;
            handle?.Dispose();
        }
    }

    private SafeFileHandle? Handle()
    {
        if (Volatile.Read(ref handle) is { } open) return open;
        lock (gate)
        {
            if (handle is not null || absent) return handle;
            handle = FileCalls.TryOpenAt(directory.Handle, name, flags, 0, out var errno);
            if (handle is null && errno != Errno.ENOENT) throw new SandboxException(SandboxStep.ReadCounter, $"{directory.Path}/{name}", errno);
            absent = handle is null;
            return handle;
        }
    }
}
