using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Corral.Cli.Client;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Cli.Commands;

/// <summary>The one-step job of <c>corral run</c>.</summary>
internal static class RunRequest
{
    /// <summary>Longer contents travel as blobs: a job's document stays small.</summary>
    private const int LongestText = 64 << 10;

    public static byte[] Write(JobSpec spec)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            JobWriter.Write(writer, spec);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The bytes in place where they are short text, else stored as a blob first.</summary>
    public static async Task<Content> ContentAsync(CorralClient client, string tenant, Stream source, CancellationToken cancellationToken)
    {
        var head = new byte[LongestText + 1];
        var length = await source.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (length <= LongestText && Utf8.IsValid(head.AsSpan(0, length)))
            return new Content(Encoding.UTF8.GetString(head, 0, length), null);
        await using var whole = new HeadAndRest(head.AsMemory(0, length), source);
        return new Content(null, new BlobDigest(await client.StoreBlobAsync(tenant, whole, cancellationToken)));
    }

    /// <summary><c>path=local</c>: the local file's bytes at that path beneath /box, executable where the file is.</summary>
    public static async Task<InputFile> FileAsync(CorralClient client, string tenant, string argument, CancellationToken cancellationToken)
    {
        var (path, local) = Pair(argument, "--file", "path=local");
        try
        {
            await using var source = File.OpenRead(local);
            var executable = (File.GetUnixFileMode(source.SafeFileHandle) & UnixFileMode.UserExecute) != 0;
            return new InputFile(path, await ContentAsync(client, tenant, source, cancellationToken), executable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"the file '{local}' of --file cannot be read: {e.Message}");
        }
    }

    public static (string Key, string Value) Pair(string argument, string option, string form)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? (argument[..equals], argument[(equals + 1)..]) : throw new UserError($"'{argument}' in {option} does not have the form {form}.");
    }

    /// <summary>What was read already, then what is left: stdin cannot be read twice.</summary>
    private sealed class HeadAndRest(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.IsEmpty)
                return await rest.ReadAsync(buffer, cancellationToken);
            var length = Math.Min(buffer.Length, _head.Length);
            _head.Span[..length].CopyTo(buffer.Span);
            _head = _head[length..];
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
