using System.Diagnostics;
using System.Globalization;
using Corral.Agent.Interop;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Sandbox;

/// <summary>Finds the launcher of a state folder, or starts one: it is its own session and outlives the agent.</summary>
internal static class LauncherProcess
{
    private const string SocketName = "launcher.sock";
    private const int AlreadyRunning = 65; // ExitCodes.AlreadyRunning
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>A connection to the running launcher, else to a new one.</summary>
    public static async Task<SafeFileHandle> ConnectOrStartAsync(SandboxOptions options, long leaseEndNs, TimeProvider time, CancellationToken cancellationToken)
    {
        using var directory = FileCalls.Open(SandboxStep.StartLauncher, options.StateDirectory, OpenFlags.Path | OpenFlags.Directory);
        var since = time.GetTimestamp();
        while (true)
        {
            if (PacketSocket.TryConnect(directory, SocketName, out var errno) is { } connection) return connection;
            if (await RunAsync(options, leaseEndNs, cancellationToken) is { } failure)
                throw new SandboxException(SandboxStep.StartLauncher, options.LauncherPath, failure);
            // The next turn connects. 'Already running' with nobody listening is a launcher on its way out, or one that has just come up.
            if (time.GetElapsedTime(since) > Patience)
                throw new SandboxException(SandboxStep.TalkToLauncher, Path.Combine(options.StateDirectory, SocketName), errno, "A launcher holds 'launcher.lock' in the state folder but does not listen: end it.");
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    // Null where a launcher now runs. Process.Start is the agent's only fork, once.
    private static async Task<string?> RunAsync(SandboxOptions options, long leaseEndNs, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(options.LauncherPath) { RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add("launcher");
        start.ArgumentList.Add(Path.GetFullPath(options.StateDirectory));
        start.ArgumentList.Add(leaseEndNs.ToString(CultureInfo.InvariantCulture));
        if (options.StartLog is not null) start.ArgumentList.Add(Path.GetFullPath(options.StartLog));
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode is 0 or AlreadyRunning ? null : $"it ended with code {process.ExitCode}. {said.Trim()}";
    }
}
