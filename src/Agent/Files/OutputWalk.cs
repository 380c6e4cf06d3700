using System.Text;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Files;

// The tree belongs to the job, which may have filled it with traps, and a parallel step may be changing it at this moment. So nothing that was seen is
// believed when it is opened: every path is walked by the kernel from the workspace's root (openat2, RESOLVE_BENEATH, no link of any kind, no other
// mount), opened without blocking (a FIFO), without following (a link), and asked what it is when it is open (fstat). What a directory says about an
// entry only saves work.
internal sealed class OutputWalk(SafeFileHandle root, OutputPatterns patterns, OutputOptions options)
{
    // The job's own bytes: a replacement character must not stand for them, or two names would become one.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<FoundOutput> _found = [];
    private int _entries;
    private bool _isFull;

    /// <summary>Finds what matches, ordered by path. Nothing is open afterwards: a thousand files must not be a thousand descriptors.</summary>
    public IReadOnlyList<FoundOutput> Run()
    {
        foreach (var pattern in patterns.TooLong)
            Refuse(pattern, $"The pattern has more than {OutputPatterns.MaxNames} names.");
        Look("", patterns.Root, depth: 0);
        _found.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return _found;
    }

    private void Look(string directory, OutputPatterns.State state, int depth)
    {
        if (depth > options.MaxDepth)
        {
            Refuse(directory, $"The directory lies deeper than {options.MaxDepth} levels and was not looked into.");
            return;
        }

        var directories = new List<(string Path, OutputPatterns.State State)>();
        using (var handle = FileCalls.TryOpenBeneath(root, directory.Length == 0 ? "." : directory, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow | OpenFlags.NonBlock, 0, out var errno))
        {
            if (handle is null)
            {
                if (errno != Errno.ENOENT)
                    Refuse(directory, $"The directory could not be opened (errno {errno}).");
                return;
            }

            errno = ContentCalls.List(handle, (name, kind) => Take(directory, name, kind, state, directories));
            if (errno != 0)
                Refuse(directory, $"The directory could not be read (errno {errno}).");
        }

        // After its parent is closed: open descriptors do not grow with depth.
        foreach (var (path, inner) in directories)
        {
            if (_isFull)
                return;
            Look(path, inner, depth + 1);
        }
    }

    private bool Take(string directory, ReadOnlySpan<byte> rawName, EntryKind kind, OutputPatterns.State state, List<(string, OutputPatterns.State)> directories)
    {
        if (++_entries > options.MaxEntries)
        {
            Stop(directory, $"More than {options.MaxEntries} directory entries: the rest was not looked at.");
            return false;
        }

        var (name, isUtf8) = Decode(rawName);
        if (patterns.Enter(state, name) is not { } inner)
            return true;
        var path = directory.Length == 0 ? name : $"{directory}/{name}";
        if (!isUtf8)
        {
            if (patterns.IsMatch(inner) || (kind == EntryKind.Directory && patterns.CanMatchBeneath(inner)))
                Refuse(path, "The name is not UTF-8.");
            return !_isFull;
        }

        if (kind == EntryKind.Directory && patterns.CanMatchBeneath(inner))
            directories.Add((path, inner));
        else if (kind != EntryKind.Directory && patterns.IsMatch(inner))
            Add(path);
        return !_isFull;
    }

    private void Add(string path)
    {
        if (_found.Count >= options.MaxFiles)
            Stop(path, $"More than {options.MaxFiles} files match: this and the rest were not kept.");
        else
            _found.Add(new FoundOutput(path, null));
    }

    private static (string Name, bool IsUtf8) Decode(ReadOnlySpan<byte> name)
    {
        try
        {
            return (StrictUtf8.GetString(name), true);
        }
        catch (DecoderFallbackException)
        {
            return (Encoding.UTF8.GetString(name), false);
        }
    }

    private void Refuse(string path, string problem)
    {
        if (_found.Count < options.MaxFiles)
            _found.Add(new FoundOutput(path, problem));
        else
            Stop(path, $"More than {options.MaxFiles} files match: this and the rest were not kept.");
    }

    private void Stop(string path, string problem)
    {
        if (_isFull)
            return;
        _isFull = true;
        _found.Add(new FoundOutput(path, problem));
    }
}
