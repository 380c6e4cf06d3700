namespace System
{
    /// <summary>What a UTF-8 literal is: a pointer into the program's own read-only data.</summary>
    public readonly ref struct ReadOnlySpan<T>
    {
        private readonly ref T _reference;
        private readonly int _length;

        public unsafe ReadOnlySpan(void* pointer, int length)
        {
            _reference = ref *(T*)pointer;
            _length = length;
        }

        public ReadOnlySpan(T[] array)
        {
            _reference = ref array[0];
            _length = array.Length;
        }

        public ReadOnlySpan(T[] array, int start, int length)
        {
            _reference = ref array[start];
            _length = length;
        }

        public ReadOnlySpan(ref T reference)
        {
            _reference = ref reference;
            _length = 1;
        }

        public int Length => _length;

        public static implicit operator ReadOnlySpan<T>(T[] array) => new(array);

        public ref readonly T GetPinnableReference() => ref _reference;
    }

    /// <summary>The compiler calls these by name to copy and clear structs.</summary>
    internal static unsafe class SpanHelpers
    {
        private static void Memmove(ref byte destination, ref byte source, nuint length)
        {
            fixed (byte* d = &destination, s = &source)
            {
                if (d < s)
                {
                    for (nuint i = 0; i < length; i++)
                        d[i] = s[i];
                }
                else
                {
                    for (nuint i = length; i-- > 0;)
                        d[i] = s[i];
                }
            }
        }

        private static void ClearWithoutReferences(ref byte destination, nuint length)
        {
            fixed (byte* d = &destination)
            {
                for (nuint i = 0; i < length; i++)
                    d[i] = 0;
            }
        }

        private static void Fill(ref byte destination, byte value, nuint length)
        {
            fixed (byte* d = &destination)
            {
                for (nuint i = 0; i < length; i++)
                    d[i] = value;
            }
        }
    }

    internal static class Buffer
    {
        private static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint length) { }
    }
}

namespace System.Runtime.CompilerServices
{
    public class RuntimeHelpers
    {
        public static unsafe int OffsetToStringData => sizeof(IntPtr) + sizeof(int);
    }

    public static class RuntimeFeature
    {
        public const string UnmanagedSignatureCallingConvention = nameof(UnmanagedSignatureCallingConvention);
        public const string ByRefFields = nameof(ByRefFields);
        public const string NumericIntPtr = nameof(NumericIntPtr);
    }
}
