using System.Globalization;

namespace Corral.Agent.Doctor;

/// <summary>Whether the state folder can be written, has room, and is short enough for the launcher's socket.</summary>
internal static class StateFolderCheck
{
    private const long LeastFreeBytes = 256L << 20;

    // sun_path holds 108 bytes, /launcher.sock and the NUL among them.
    private const int LongestPath = 108 - 15;

    public static DoctorCheck Of(string directory)
    {
        const string name = "state_folder";
        if (Path.GetFullPath(directory).Length > LongestPath) return DoctorCheck.Fail(name, $"'{directory}' is longer than {LongestPath} characters", "Choose a shorter one (CORRAL_STATE): a socket's path has 108 at most.");
        try
        {
            Directory.CreateDirectory(directory);
            var trial = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"doctor-{Environment.ProcessId}.trial"));
            File.WriteAllText(trial, "x");
            File.Delete(trial);
            var free = new DriveInfo(directory).AvailableFreeSpace;
            var detail = $"'{directory}', {free >> 20} MiB free";
            return free < LeastFreeBytes ? DoctorCheck.Warn(name, detail, "Make room: the journal, blobs and the database grow there.") : DoctorCheck.Ok(name, detail);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return DoctorCheck.Fail(name, e.Message, "Make it writable for the agent, or choose another (CORRAL_STATE).");
        }
    }
}
