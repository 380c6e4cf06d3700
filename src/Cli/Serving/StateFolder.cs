namespace Corral.Cli.Serving;

/// <summary>The folder that holds all that a coordinator and agent in one process keep, and what its clients need to find them.</summary>
/// <param name="path">Absolute or relative to the current directory.</param>
internal sealed class StateFolder(string path)
{
    public const string DefaultPath = "/var/lib/corral";
    /// <summary>EWOULDBLOCK: the errno of a flock that somebody else holds.</summary>
    private const int WouldBlock = 11;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>Held (flock) by the one process that serves the folder, for as long as it lives.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>Whose lock it is. A file of its own: .NET takes a shared flock to read, so nobody can read the lock file itself while it is held.</summary>
    public string ProcessFile => System.IO.Path.Combine(Path, "pid");
    public string UrlFile => System.IO.Path.Combine(Path, "url");
    public string KeyFile => System.IO.Path.Combine(Path, "api-key");
    public string SocketFile => System.IO.Path.Combine(Path, "api.sock");
    public string OptionsFile => System.IO.Path.Combine(Path, "corral.json");
    public string LogFolder => System.IO.Path.Combine(Path, "logs");

    /// <summary>Makes the folder, for its owner alone, and takes its lock; null where another process holds it.</summary>
    public FileStream? TryLock()
    {
        try
        {
            Directory.CreateDirectory(Path, OwnerOnly | UnixFileMode.UserExecute);
            // FileShare.None is flock(LOCK_EX | LOCK_NB): the kernel lets go of it however the process ends.
            var file = new FileStream(LockFile, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
            WriteSecret(ProcessFile, $"{Environment.ProcessId}\n");
            return file;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UserError($"the state folder '{Path}' cannot be used: {e.Message} Run corral as root, or name another folder with --state-folder or CORRAL_STATE.");
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            return null;
        }
        catch (IOException e)
        {
            throw new UserError($"the state folder '{Path}' cannot be made: {e.Message} Name another folder with --state-folder or CORRAL_STATE.");
        }
    }

    /// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
    public static void WriteSecret(string file, string text)
    {
        var temporary = file + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    /// <summary>The file's first line; null where there is no such file, or it may not be read.</summary>
    public static string? ReadLine(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            return reader.ReadLine() is { Length: > 0 } line ? line.Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
