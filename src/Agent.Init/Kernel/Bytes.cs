namespace Corral.Agent.Init;

/// <summary>Text and memory without a library.</summary>
internal static unsafe class Bytes
{
    public static int Length(byte* text)
    {
        var length = 0;
        while (text[length] != 0)
            length++;
        return length;
    }

    public static void Clear(void* memory, int length)
    {
        for (var i = 0; i < length; i++)
            ((byte*)memory)[i] = 0;
    }

    public static void Copy(void* destination, void* source, int length)
    {
        for (var i = 0; i < length; i++)
            ((byte*)destination)[i] = ((byte*)source)[i];
    }

    public static bool Contains(byte* text, byte wanted)
    {
        for (; *text != 0; text++)
        {
            if (*text == wanted)
                return true;
        }

        return false;
    }

    public static bool StartsWith(byte* text, byte* prefix)
    {
        while (*prefix != 0)
        {
            if (*text++ != *prefix++)
                return false;
        }

        return true;
    }

    public static bool AreEqual(byte* left, byte* right) => StartsWith(left, right) && left[Length(right)] == 0;

    /// <summary>Appends and ends with a NUL; returns where that NUL is.</summary>
    public static byte* Append(byte* end, byte* text)
    {
        while (*text != 0)
            *end++ = *text++;
        *end = 0;
        return end;
    }

    public static byte* Append(byte* end, long number)
    {
        var digits = stackalloc byte[24];
        var count = 0;
        var rest = number < 0 ? (ulong)-number : (ulong)number;
        do
        {
            digits[count++] = (byte)('0' + rest % 10);
            rest /= 10;
        }
        while (rest > 0);
        if (number < 0)
            *end++ = (byte)'-';
        while (count > 0)
            *end++ = digits[--count];
        *end = 0;
        return end;
    }

    public static byte* AppendHex(byte* end, byte value)
    {
        *end++ = HexDigit(value >> 4);
        *end++ = HexDigit(value & 15);
        *end = 0;
        return end;
    }

    public static long ParseNumber(byte* text)
    {
        long value = 0;
        while (*text is >= (byte)'0' and <= (byte)'9')
            value = value * 10 + (*text++ - '0');
        return value;
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
