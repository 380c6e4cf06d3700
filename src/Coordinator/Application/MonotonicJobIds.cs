using Corral.Shared.Jobs;

namespace Corral.Coordinator.Application;

/// <summary>
/// Ids that sort by submission even within a millisecond: version-7 UUIDs whose 12 bits after the time count up, and whose other 62 are random.
/// https://www.rfc-editor.org/rfc/rfc9562#section-6.2 (method 1)
/// </summary>
internal sealed class MonotonicJobIds(TimeProvider clock)
{
    private const int CounterLimit = 1 << 12;

    private readonly Lock _gate = new();
    private long _millisecond;
    private int _counter;

    public JobId Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Security.Cryptography.RandomNumberGenerator.Fill(bytes[8..]);
        long millisecond;
        int counter;
        lock (_gate)
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            // A clock that stands or steps back, and a full counter, borrow from the future.
            if (now > _millisecond)
                (_millisecond, _counter) = (now, 0);
            else if (++_counter == CounterLimit)
                (_millisecond, _counter) = (_millisecond + 1, 0);
            (millisecond, counter) = (_millisecond, _counter);
        }

        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, (millisecond << 16) | 0x7000L | (long)counter);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new JobId(new Guid(bytes, bigEndian: true));
    }
}
