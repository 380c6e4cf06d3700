using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>
/// One output stream: a pipe that the step writes into, and a file in memory that keeps the beginning. Bytes are spliced from one to the other,
/// and beyond what is kept to nowhere, so the agent's own memory stays flat whatever flows.
/// </summary>
/// <remarks>
/// The launcher holds duplicates of both ends. The file's size is what was kept and its position the total that was counted, so another agent
/// process goes on where this one stopped.
/// </remarks>
internal sealed class OutputCapture(SafeFileHandle pipe, SafeFileHandle kept) : IDisposable
{
    /// <summary>Enough that a writer is rarely woken, little enough to fit into a small step's memory, to which it is charged.</summary>
    private const int PipeBytes = 256 << 10;

    // One sandbox may not hold the loop for long: about 0.1 ms.
    private const long MostAtOnce = 1 << 20;

    private static readonly SafeFileHandle Nothing = FileCalls.Open(SandboxStep.CaptureOutput, "/dev/null", OpenFlags.WriteOnly);

    private long _captured;
    private long _total;

    /// <summary>The end the step's output is read from.</summary>
    public SafeFileHandle Pipe { get; } = pipe;

    /// <summary>Where its beginning is kept.</summary>
    public SafeFileHandle Kept { get; } = kept;

    /// <summary>How much is kept.</summary>
    public long Limit { get; set; }

    /// <summary>All bytes so far.</summary>
    public long Total => Volatile.Read(ref _total);

    /// <summary>Makes a stream; the write end is for the sandbox.</summary>
    public static OutputCapture Create(string name, out SafeFileHandle write)
    {
        (var read, write) = PipeCalls.Create(PipeBytes);
        return new OutputCapture(read, PipeCalls.CreateMemory(name));
    }

    /// <summary>Takes up the counts of an earlier agent process.</summary>
    public void Resume()
    {
        _captured = RandomAccess.GetLength(Kept);
        _total = Math.Max(_captured, PipeCalls.GetPosition(Kept));
    }

    /// <summary>Moves what is there; false at the end of the stream.</summary>
    public bool Drain()
    {
        var moved = _captured < Limit
            ? PipeCalls.TryMove(Pipe, Kept, _captured, Math.Min(Limit - _captured, MostAtOnce))
            : PipeCalls.TryDrop(Pipe, Nothing, MostAtOnce);
        if (moved <= 0) return moved is -Errno.EAGAIN or -Errno.EINTR;
        if (_captured < Limit) _captured += moved;
        Volatile.Write(ref _total, _total + moved);
        PipeCalls.SetPosition(Kept, _total);
        return true;
    }

    /// <summary>Moves all that is left after the last writer is gone.</summary>
    public void DrainToEnd()
    {
        var before = -1L;
        while (before != _total)
        {
            before = _total;
            if (!Drain()) return;
        }
    }

    /// <summary>Reads what is kept.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        var left = Math.Min(Volatile.Read(ref _captured) - offset, destination.Length);
        return left <= 0 ? 0 : RandomAccess.Read(Kept, destination[..(int)left], offset);
    }

    public void Dispose()
    {
        Pipe.Dispose();
        Kept.Dispose();
    }
}
