using System.Buffers;

namespace Corral.Agent.Files;

/// <summary>Cuts a stream at white space (space, tab, line feed, vertical tab, form feed, carriage return).</summary>
internal sealed class TokenReader(Stream stream, int bufferBytes)
{
    private static readonly SearchValues<byte> WhiteSpace = SearchValues.Create(" \t\n\v\f\r"u8);
    private readonly byte[] _buffer = new byte[bufferBytes];
    private int _start;
    private int _length;
    private int _tokenLength;
    private bool _ended;

    /// <summary>The present token.</summary>
    public ReadOnlySpan<byte> Token => _buffer.AsSpan(_start, _tokenLength);

    /// <summary>The token goes on from the one before, which filled the buffer.</summary>
    public bool IsContinuation { get; private set; }

    /// <summary>Goes to the next token; false at the end.</summary>
    public bool Next()
    {
        _start += _tokenLength;
        var filled = _tokenLength == _buffer.Length;
        _tokenLength = 0;
        if (!SkipWhiteSpace(out var skipped))
            return false;
        IsContinuation = filled && !skipped;

        while (true)
        {
            var end = _buffer.AsSpan(_start, _length - _start).IndexOfAny(WhiteSpace);
            if (end >= 0)
            {
                _tokenLength = end;
                return true;
            }

            if (!Fill())
            {
                _tokenLength = _length - _start;
                return true;
            }
        }
    }

    private bool SkipWhiteSpace(out bool skipped)
    {
        skipped = false;
        while (true)
        {
            var skip = _buffer.AsSpan(_start, _length - _start).IndexOfAnyExcept(WhiteSpace);
            if (skip >= 0)
            {
                skipped |= skip > 0;
                _start += skip;
                return true;
            }

            skipped |= _length > _start;
            _start = _length = 0;
            if (!Fill())
                return false;
        }
    }

    // Moves the open token to the front and reads behind it; false where the stream has ended or the token fills the buffer.
    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _length - _start).CopyTo(_buffer);
            (_start, _length) = (0, _length - _start);
        }

        if (_ended || _length == _buffer.Length)
            return false;
        var read = stream.Read(_buffer, _length, _buffer.Length - _length);
        _length += read;
        _ended = read == 0;
        return !_ended;
    }
}
