using Corral.Bench.Fixtures;

namespace Corral.Bench.Peers;

/// <summary>Another program that runs a command in new mount, pid, net, ipc and uts namespaces.</summary>
/// <param name="Name">The row's name.</param>
/// <param name="Lacks">What a Corral sandbox does in the same time and this does not.</param>
/// <param name="Command">Its command line for a program of the rootfs.</param>
/// <param name="PerBlock">Samples before the next candidate's turn.</param>
internal sealed record Peer(string Name, string Lacks, Func<string, string[]> Command, int PerBlock)
{
    public static IReadOnlyList<Peer> All(BenchRoot root) =>
    [
        new("bubblewrap",
            "lacks: writable root (overlay), cgroup limits, seccomp filter, rlimits, uid change, cgroup namespace, PID 1 that reports usage",
            program => ["/usr/bin/bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts",
                "--ro-bind", root.Rootfs, "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", program],
            PerBlock: 5),
        new("unshare",
            "lacks: overlay, /dev, pivot_root (chroot only), cgroup limits, seccomp filter, dropped capabilities, rlimits, uid change, cgroup namespace, loopback up",
            program => ["/usr/bin/unshare", "--fork", "--pid", "--mount", "--net", "--ipc", "--uts", "--root=" + root.Rootfs, "--mount-proc", program],
            PerBlock: 5),
        new("runc",
            "lacks: overlay, seccomp filter, uid change, cgroup namespace, limits (its v1 and v2 groups are made, none is set)",
            program => ["/usr/sbin/runc", "--root", Path.Combine(root.Directory, "runc-state"), "run", "--bundle", RuncBundle.Write(root, program), "corral-bench"],
            PerBlock: 2),
    ];
}
