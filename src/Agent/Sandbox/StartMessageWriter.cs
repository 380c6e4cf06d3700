using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Corral.Agent.Init;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>Writes the one message that starts a step: numbers first, then the strings and files they point to; long data travel in a memfd.</summary>
internal static class StartMessageWriter
{
    private const int ModeExecutable = 0x1ED; // 0755
    /// <summary>Contents of files and stdin, as descriptors of one message; one more may carry the strings.</summary>
    public const int MaxContents = PacketSocket.MaxDescriptors - 1;

    private const int ModePlain = 0x1A4; // 0644

    /// <summary>Sends it to a waiting PID 1; returns 0 or the errno.</summary>
    public static int TrySend(SafeFileHandle control, StepLaunch launch, long wallDeadlineNs)
    {
        var data = new ArrayBufferWriter<byte>(1024);
        var contents = new List<SafeFileHandle>(launch.Files.Count);
        var message = new StartMessage
        {
            Kind = MessageKind.Start,
            Uid = launch.Uid,
            Gid = launch.Gid,
            HasStdin = launch.Stdin is null ? 0 : 1,
            ArgumentCount = launch.Command.Count,
            VariableCount = launch.Environment.Count,
            FileCount = launch.Files.Count,
            OpenFiles = launch.OpenFiles,
            StackBytes = launch.StackBytes,
            // Whole seconds, rounded up, and one more: the event at the limit itself must come first.
            CpuSeconds = (long)Math.Ceiling(launch.CpuTime.TotalSeconds) + 1,
            WallDeadlineNs = wallDeadlineNs,
        };
        // First, because entries of files are numbers of eight bytes.
        message.FilesOffset = WriteFiles(data, launch.Files, contents);
        message.ArgumentsOffset = data.WrittenCount;
        foreach (var argument in launch.Command) Write(data, argument);
        message.VariablesOffset = data.WrittenCount;
        foreach (var (name, value) in launch.Environment) Write(data, $"{name}={value}");
        message.DirectoryOffset = data.WrittenCount;
        Write(data, launch.WorkingDirectory);
        message.DataLength = data.WrittenCount;

        var handles = contents.Count + (launch.Stdin is null ? 0 : 1);
        if (handles > MaxContents)
            throw new ArgumentException($"A step's stdin and files may come from {MaxContents} handles at most, not {handles}.", nameof(launch));
        using var memory = data.WrittenCount > Init.Protocol.MaxInlineStart ? ContentCalls.SealedMemory(data.WrittenSpan) : null;
        message.HasMemfd = memory is null ? 0 : 1;
        var descriptors = new List<SafeFileHandle>(contents.Count + 2);
        if (memory is not null) descriptors.Add(memory);
        if (launch.Stdin is not null) descriptors.Add(launch.Stdin);
        descriptors.AddRange(contents);

        var header = MemoryMarshal.AsBytes(new ReadOnlySpan<StartMessage>(in message));
        var inline = memory is null ? data.WrittenSpan : [];
        var buffer = ArrayPool<byte>.Shared.Rent(header.Length + inline.Length);
        try
        {
            header.CopyTo(buffer);
            inline.CopyTo(buffer.AsSpan(header.Length));
            return PacketSocket.TrySend(control, buffer.AsSpan(0, header.Length + inline.Length), CollectionsMarshal.AsSpan(descriptors), wait: false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int WriteFiles(ArrayBufferWriter<byte> data, IReadOnlyList<StepFile> files, List<SafeFileHandle> contents)
    {
        if (files.Count == 0) return 0;
        var entries = new StartFile[files.Count];
        var entriesBytes = MemoryMarshal.AsBytes(entries.AsSpan()).Length;
        var paths = new ArrayBufferWriter<byte>(256);
        for (var i = 0; i < files.Count; i++)
        {
            var content = contents.IndexOf(files[i].Content);
            if (content < 0)
            {
                content = contents.Count;
                contents.Add(files[i].Content);
            }

            entries[i] = new StartFile
            {
                Offset = files[i].Offset,
                Length = files[i].Length,
                PathOffset = entriesBytes + paths.WrittenCount,
                Content = content,
                Mode = files[i].Executable ? ModeExecutable : ModePlain,
            };
            Write(paths, files[i].Path);
        }

        data.Write(MemoryMarshal.AsBytes(entries.AsSpan()));
        data.Write(paths.WrittenSpan);
        return 0;
    }

    private static void Write(ArrayBufferWriter<byte> data, string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("A NUL ends a string for the kernel: it cannot be part of one.", nameof(text));
        var span = data.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        var written = Encoding.UTF8.GetBytes(text, span);
        span[written] = 0;
        data.Advance(written + 1);
    }
}
