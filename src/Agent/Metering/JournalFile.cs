using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Metering;

/// <summary>The file of the journal: <c>journal.log</c>, and <c>journal.new</c> while it is written anew.</summary>
internal sealed class JournalFile : IDisposable
{
    private const string Name = "journal.log";
    private const string NewName = "journal.new";
    private readonly SafeFileHandle _handle;
    private readonly bool _fsync;
    private byte[] _lastHash;

    private JournalFile(string path, SafeFileHandle handle, bool fsync, long length, byte[] lastHash)
    {
        Path = path;
        _handle = handle;
        _fsync = fsync;
        Length = length;
        _lastHash = lastHash;
    }

    public string Path { get; }

    public long Length { get; private set; }

    /// <summary>Opens the file and applies every entry to <paramref name="state"/>.</summary>
    public static JournalFile Open(string directory, bool fsync, JournalState state, out long nextSequence, out long cutBytes)
    {
        Directory.CreateDirectory(directory);
        var path = System.IO.Path.Combine(directory, Name);
        File.Delete(System.IO.Path.Combine(directory, NewName));
        var handle = OpenAlone(path);
        try
        {
            var bytes = new byte[RandomAccess.GetLength(handle)];
            ReadAll(handle, bytes);
            var (length, next, lastHash) = Read(path, bytes, state);
            nextSequence = next;
            cutBytes = bytes.Length - length;
            if (cutBytes > 0)
                RandomAccess.SetLength(handle, length);
            var file = new JournalFile(path, handle, fsync, length, lastHash);
            file.Sync();
            file.ProtectDirectory();
            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes one group at the end; false where the disk is full, and then the file is as long as before.</summary>
    public bool Write(JournalBuffer buffer, IReadOnlyList<JournalEntry> entries, long nextSequence)
    {
        var hash = JournalFormat.Write(buffer, entries, nextSequence, _lastHash);
        try
        {
            RandomAccess.Write(_handle, buffer.Written, Length);
        }
        catch (IOException full) when (full.HResult is Errno.ENOSPC or Errno.EDQUOT)
        {
            RandomAccess.SetLength(_handle, Length);
            return false;
        }

        Length += buffer.Written.Length;
        _lastHash = hash;
        return true;
    }

    /// <summary>Waits until all that was written is on the disk.</summary>
    public void Sync()
    {
        if (_fsync)
            FileCalls.Sync(_handle, Path);
    }

    /// <summary>Writes a new file with only these entries, continuing the chain of hashes, and puts it in this one's place. Null where the disk is full: this one stays.</summary>
    public JournalFile? TryReplace(JournalBuffer buffer, IReadOnlyList<JournalEntry> entries, long nextSequence)
    {
        var newPath = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, NewName);
        var replacement = new JournalFile(Path, OpenAlone(newPath), _fsync, 0, _lastHash);
        if (!replacement.Write(buffer, entries, nextSequence))
        {
            replacement.Dispose();
            File.Delete(newPath);
            return null;
        }

        replacement.Sync();
        File.Move(newPath, Path, overwrite: true);
        replacement.ProtectDirectory();
        Dispose();
        return replacement;
    }

    public void Dispose() => _handle.Dispose();

    // A name is durable only when its directory is. https://man7.org/linux/man-pages/man2/fsync.2.html
    private void ProtectDirectory()
    {
        var directory = System.IO.Path.GetDirectoryName(Path)!;
        using var handle = FileCalls.Open(SandboxStep.OpenFile, directory, OpenFlags.ReadOnly | OpenFlags.Directory);
        // The orders in it are the tenants' own programs and input.
        FileCalls.ChangeMode(handle, 0x1C0, directory);
        if (_fsync)
            FileCalls.Sync(handle, directory);
    }

    // FileShare.None takes flock(LOCK_EX) on Linux: two agents on one state directory would forget each other's attempts.
    private static SafeFileHandle OpenAlone(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult == Errno.EAGAIN)
        {
            throw new JournalException($"Opening the journal '{path}' failed: another agent holds it. Give each agent a state directory of its own.", taken);
        }
    }

    private static void ReadAll(SafeFileHandle handle, byte[] bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(at), at);
            if (read == 0)
                throw new JournalException("Reading the journal failed: it became shorter while it was read.");
            at += read;
        }
    }

    /// <summary>Applies the whole groups of a file's content to <paramref name="state"/> and says where they end (pure).</summary>
    public static (long Length, long NextSequence, byte[] LastHash) Read(string path, byte[] bytes, JournalState state)
    {
        var at = 0;
        long nextSequence = 1;
        byte[]? lastHash = null;
        while (at < bytes.Length)
        {
            var group = JournalFormat.TryRead(bytes.AsSpan(at));
            if (group is null || (lastHash is not null && !group.PreviousHash.AsSpan().SequenceEqual(lastHash)))
            {
                if (group is not null || JournalFormat.ContainsGroup(bytes.AsSpan(at + 1)))
                    throw new JournalException($"Reading the journal '{path}' failed: it is damaged at byte {at} of {bytes.Length}, but intact behind that, so this is not an unfinished write. Going on would forget attempts. Check the disk; to start anyway, move the file away: its attempts are then lost and retried.");
                break;
            }

            foreach (var entry in group.Entries)
                state.Apply(entry);
            nextSequence = group.NextSequence;
            lastHash = group.Hash;
            at += group.Bytes;
        }

        return (at, nextSequence, lastHash ?? new byte[JournalFormat.HashBytes]);
    }
}
