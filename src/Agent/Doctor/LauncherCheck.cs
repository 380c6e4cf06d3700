namespace Corral.Agent.Doctor;

/// <summary>Whether the launcher's executable is there and is one.</summary>
internal static class LauncherCheck
{
    public static DoctorCheck Of(string path)
    {
        const string name = "launcher", remedy = "Build the solution: dotnet build puts corral-init beside the agent.";
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> magic = stackalloc byte[4];
            if (file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 || !magic.SequenceEqual("\u007fELF"u8)) return DoctorCheck.Fail(name, $"'{path}' is no executable", remedy);
            return (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) == 0
                ? DoctorCheck.Fail(name, $"'{path}' may not be executed", $"chmod +x '{path}'.")
                : DoctorCheck.Ok(name, $"'{path}', {file.Length / 1024} KiB");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorCheck.Fail(name, e.Message, remedy);
        }
    }
}
