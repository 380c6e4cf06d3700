using System.Buffers;

namespace Corral.Agent.Metering;

/// <summary>A growing buffer whose written part can be patched, for lengths and hashes that are known last.</summary>
internal sealed class JournalBuffer : IBufferWriter<byte>
{
    private const int KeptBytes = 1 << 20;
    private byte[] _bytes = new byte[16 << 10];
    private int _written;

    public Span<byte> Written => _bytes.AsSpan(0, _written);

    /// <summary>Empties it, and gives a large array back to the collector: one large group must not be paid for by all later ones.</summary>
    public void Clear()
    {
        _written = 0;
        if (_bytes.Length > KeptBytes)
            _bytes = new byte[16 << 10];
    }

    public void Advance(int count)
    {
        Reserve(count);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 256));
        return _bytes.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    private void Reserve(int count)
    {
        if (_bytes.Length - _written < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _written + count));
    }
}
