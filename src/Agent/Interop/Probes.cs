using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>Calls that the doctor tries; each returns 0 or the errno.</summary>
internal static unsafe class Probes
{
    private const int AtFdCwd = -100;
    private const nuint MountRecursivePrivate = 0x4000 | 0x40000;
    private const uint OpenTreeCloneCloseOnExec = 1 | 0x80000;
    private const uint AtEmptyPath = 0x1000;
    private const uint MoveMountFromEmptyPath = 4;
    private const ulong MountAttributeReadOnly = 1;

    /// <summary>Gives the calling thread new namespaces: call it on a thread that ends afterwards.</summary>
    public static int Unshare(int flags) => Result(Native.unshare(flags));

    /// <summary>
    /// As <see cref="Unshare"/> for the pid namespace, undone at once: a thread whose children would be born in another pid namespace cannot
    /// start threads (clone answers EINVAL), and the runtime may want to at any time.
    /// </summary>
    public static int UnsharePidAndReturn()
    {
        const int newPid = 0x20000000;
        using var own = FileCalls.Open(SandboxStep.ExamineHost, "/proc/self/ns/pid", OpenFlags.ReadOnly);
        var errno = Unshare(newPid);
        return errno != 0 ? errno : Result(Native.setns(own, newPid));
    }

    /// <summary>Keeps what this thread mounts from reaching other mount namespaces.</summary>
    public static int MakeMountsPrivate() => Result(Native.mount(null, "/", null, MountRecursivePrivate, null));

    /// <summary>mount(2).</summary>
    public static int Mount(string type, string target, string options) => Result(Native.mount(type, target, type, 0, options));

    /// <summary>What attaching a frozen workspace takes: clone a mount, make the clone read-only, put it elsewhere. Linux 5.12.</summary>
    public static int CloneReadOnly(string from, string to)
    {
        const nint openTree = 428, moveMount = 429, mountSetattr = 442;
        var tree = Native.open_tree(openTree, AtFdCwd, from, OpenTreeCloneCloseOnExec);
        if (tree < 0) return Marshal.GetLastPInvokeError();
        using var handle = new SafeFileHandle(tree, ownsHandle: true);
        var attributes = stackalloc ulong[4] { MountAttributeReadOnly, 0, 0, 0 }; // struct mount_attr: set, clear, propagation, user namespace
        var errno = Result(Native.mount_setattr(mountSetattr, handle, "", AtEmptyPath, attributes, 4 * sizeof(ulong)));
        return errno != 0 ? errno : Result(Native.move_mount(moveMount, handle, "", AtFdCwd, to, MoveMountFromEmptyPath));
    }

    /// <summary>EINVAL where clone3 exists: the arguments are none. ENOSYS where the kernel lacks it or a filter hides it, as Docker's does.</summary>
    public static int Clone3() => Result(Native.clone3(435, null, 0));

    /// <summary>Whether a seccomp filter may answer with this action. x86-64: 317. https://man7.org/linux/man-pages/man2/seccomp.2.html</summary>
    public static int SeccompAction(uint action) => Result(Native.seccomp(317, 2, 0, &action));

    private static int Result(nint result) => result < 0 ? Marshal.GetLastPInvokeError() : 0;
}
