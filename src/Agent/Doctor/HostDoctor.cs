namespace Corral.Agent.Doctor;

/// <summary>Examines whether this host can run sandboxes: <c>corral doctor</c> prints the checks, a starting agent refuses on a needed one that failed.</summary>
internal static class HostDoctor
{
    /// <summary>Makes every check, in the order in which a newcomer would mend them. Nothing it tries outlives it.</summary>
    public static async Task<IReadOnlyList<DoctorCheck>> RunAsync(DoctorOptions options, CancellationToken cancellationToken)
    {
        var status = await File.ReadAllTextAsync("/proc/self/status", cancellationToken);
        var limits = await File.ReadAllTextAsync("/proc/self/limits", cancellationToken);
        var release = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellationToken)).Trim();
        var passwd = File.Exists("/etc/passwd") ? await File.ReadAllTextAsync("/etc/passwd", cancellationToken) : "";
        var subuid = File.Exists("/etc/subuid") ? await File.ReadAllTextAsync("/etc/subuid", cancellationToken) : "";

        List<DoctorCheck> checks = [KernelCheck.Of(release), .. CapabilityChecks.Of(status)];
        checks.AddRange(GroupChecks.Run());
        checks.AddRange(await KernelFeatureProbe.RunAsync(options.StateDirectory));
        checks.Add(UserRangeCheck.Of(options.FirstUserId, options.UserCount, passwd, subuid, UserRangeCheck.RunningUsers()));
        checks.Add(OpenFilesCheck.Of(limits, options.MostOpenFiles));
        checks.Add(LauncherCheck.Of(options.LauncherPath));
        checks.Add(StateFolderCheck.Of(options.StateDirectory));
        checks.Add(ClockCheck.Of(TimeProvider.System.GetUtcNow()));
        return checks;
    }

    /// <summary>Throws where the agent must not start, with every reason at once.</summary>
    public static void Require(IReadOnlyList<DoctorCheck> checks)
    {
        var blocking = checks.Where(c => c.Blocks).ToList();
        if (blocking.Count == 0) return;
        throw new SandboxException(SandboxStep.ExamineHost, string.Join(", ", blocking.Select(c => c.Name)),
            string.Join(" ", blocking.Select(c => $"{c.Name}: {c.Detail}. {c.Remedy}")) + " 'corral doctor' shows every check.");
    }
}
