using System.Globalization;
using Corral.Agent.Interop;

namespace Corral.Agent.Doctor;

/// <summary>
/// Tries namespaces and mounts on a thread of its own. Namespaces belong to a thread: what it makes there, nobody else sees, and it is gone
/// when the thread ends. A thread that it started would inherit them, so it queues no work and starts nothing.
/// </summary>
internal static class KernelFeatureProbe
{
    private const string PrivilegeRemedy = "Run the agent as root with CAP_SYS_ADMIN; in a container also with seccomp=unconfined.";
    private const int NewMount = 0x00020000;

    private static readonly (string Name, int Flag)[] Others = [("net", 0x40000000), ("ipc", 0x08000000), ("uts", 0x04000000), ("cgroup", 0x02000000)];

    /// <summary>Makes the checks with a mount point in the state folder.</summary>
    public static async Task<IReadOnlyList<DoctorCheck>> RunAsync(string stateDirectory)
    {
        var place = Path.Combine(stateDirectory, string.Create(CultureInfo.InvariantCulture, $"doctor-{Environment.ProcessId}"));
        try
        {
            Directory.CreateDirectory(place);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [DoctorCheck.Fail("tmpfs", e.Message, "Make the state folder writable for the agent (CORRAL_STATE).")];
        }

        var checks = new List<DoctorCheck>();
        Exception? broken = null;
        var thread = new Thread(() =>
        {
            try
            {
                Probe(place, checks);
            }
            catch (Exception e)
            {
                broken = e;
            }
        })
        { IsBackground = true, Name = "doctor" };
        await Task.Run(() =>
        {
            thread.Start();
            thread.Join();
        });
        Directory.Delete(place); // still empty out here: what was mounted on it was the thread's
        return broken is null ? checks : [.. checks, DoctorCheck.Fail("probe", broken.Message, PrivilegeRemedy)];
    }

    private static void Probe(string place, List<DoctorCheck> checks)
    {
        var clone3 = Probes.Clone3();
        checks.Add(DoctorCheck.FromErrno("clone_into_cgroup", clone3 == Errno.EINVAL ? 0 : clone3, "clone3 is there to be born in a group",
            "Use a kernel of 5.7 or later; in a container run with seccomp=unconfined."));
        var refused = Probes.SeccompAction(0x00050000); // SECCOMP_RET_ERRNO
        checks.Add(DoctorCheck.FromErrno("seccomp", refused != 0 ? refused : Probes.SeccompAction(0x80000000), "filters can refuse calls and kill", "Use a kernel with CONFIG_SECCOMP_FILTER."));

        checks.Add(Namespace("pid", Probes.UnsharePidAndReturn()));
        checks.AddRange(Others.Select(n => Namespace(n.Name, Probes.Unshare(n.Flag))));
        var mounts = Probes.Unshare(NewMount);
        checks.Add(Namespace("mnt", mounts));
        if (mounts == 0) mounts = Probes.MakeMountsPrivate();
        if (mounts == 0) mounts = Probes.Mount("tmpfs", place, "size=1m,nr_inodes=64,mode=755");
        checks.Add(DoctorCheck.FromErrno("tmpfs", mounts, "mounts with a size and an inode limit", PrivilegeRemedy));
        if (mounts != 0) return;

        foreach (var directory in (ReadOnlySpan<string>)["lower", "upper", "work", "root", "clone"]) Directory.CreateDirectory($"{place}/{directory}");
        var overlay = Probes.Mount("overlay", place + "/root", $"volatile,lowerdir={place}/lower,upperdir={place}/upper,workdir={place}/work");
        checks.Add(DoctorCheck.FromErrno("overlayfs", overlay, "mounts over tmpfs", overlay == Errno.ENODEV ? "Load the module: modprobe overlay." : PrivilegeRemedy));
        checks.Add(DoctorCheck.FromErrno("mount_api", Probes.CloneReadOnly(place, place + "/clone"), "clones a mount, read-only", "Use a kernel of 5.12 or later; in a container run with seccomp=unconfined."));
    }

    private static DoctorCheck Namespace(string name, int errno) =>
        DoctorCheck.FromErrno($"namespace.{name}", errno, "can be made", errno == Errno.ENOSPC ? $"Raise user.max_{name}_namespaces (sysctl)." : PrivilegeRemedy);
}
