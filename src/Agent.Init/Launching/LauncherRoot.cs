using System;

namespace Corral.Agent.Init;

/// <summary>The launcher's own small world: a tmpfs with the few things sandboxes are made of. Every sandbox's mount namespace begins as a copy of it,
/// so the copy is quick however many mounts the host has, and nothing else of the host is ever within reach of a path.</summary>
internal static unsafe class LauncherRoot
{
    private const long RootBytes = 1 << 20, RootInodes = 16384, DevicesBytes = 65536, DevicesInodes = 64;
    private const int CharacterDevice = 0x2000, EveryoneReadsAndWrites = 0x1b6, MemoryMajor = 1 << 8;

    public static byte* FailedStep;

    /// <summary>Returns 0, or -errno with <see cref="FailedStep"/> set.</summary>
    public static nint Enter(byte* stateDirectory, int* mountNamespace)
    {
        nint error;
        if ((error = Kernel.Call(Sys.Unshare, (nint)CloneFlags.NewNs)) < 0)
            return Failed(Kernel.Text("Making a mount namespace failed for"u8), error);
        if ((error = Kernel.Mount(null, Kernel.Text("/"u8), null, MountFlags.Recursive | MountFlags.Private, null)) < 0)
            return Failed(Kernel.Text("Making mounts private failed for"u8), error);
        *mountNamespace = Kernel.Open(Kernel.Text("/proc/self/ns/mnt"u8), OpenFlags.ReadOnly);
        if (*mountNamespace < 0)
            return Failed(Kernel.Text("Opening /proc/self/ns/mnt failed for"u8), *mountNamespace);

        // Taken before the new root covers the state folder.
        var images = ReadOnlyTree(Kernel.Text("images"u8));
        if (images < 0)
            return Failed(Kernel.Text("Binding the images failed in"u8), images);

        // Any directory can carry the new root; the state folder is the one that surely exists.
        var tmpfs = FileSystems.NewTmpfs(RootBytes, RootInodes, NewMount.AttrNoSuid);
        if (tmpfs < 0 || (error = FileSystems.AttachAt(tmpfs, stateDirectory)) < 0)
            return Failed(Kernel.Text("Mounting a tmpfs failed on"u8), tmpfs < 0 ? tmpfs : error);
        Kernel.Close(tmpfs);
        var root = Kernel.Open(stateDirectory, OpenFlags.PathOnly | OpenFlags.Directory);
        if (root < 0)
            return Failed(Kernel.Text("Opening the new root failed on"u8), root);
        if ((error = Furnish(root, images)) < 0)
            return error;

        var here = Kernel.Text("."u8);
        if ((error = Kernel.ChangeDirectory(stateDirectory)) < 0 || (error = Kernel.Call(Sys.PivotRoot, (nint)here, (nint)here)) < 0 ||
            (error = Kernel.Call(Sys.Umount2, (nint)here, MountFlags.Detach)) < 0 || (error = Kernel.ChangeDirectory(Kernel.Text("/"u8))) < 0)
            return Failed(Kernel.Text("pivot_root failed on"u8), error);
        Kernel.Close(root);
        return MakeDevices();
    }

    private static nint Furnish(int root, int images)
    {
        nint error;
        if ((error = FileSystems.AttachBeneath(images, root, Kernel.Text("images"u8))) < 0)
            return Failed(Kernel.Text("Attaching the images failed in"u8), error);
        Kernel.Close(images);
        MakeBeneath(root, Kernel.Text("m"u8));
        MakeBeneath(root, Kernel.Text("r"u8));
        MakeBeneath(root, Kernel.Text("w"u8));
        MakeBeneath(root, Kernel.Text("host"u8));
        for (var i = 0; i < HostDirectories.Count; i++)
        {
            if (!HostDirectories.Exists(i))
                continue;
            var source = stackalloc byte[32];
            Bytes.Append(Bytes.Append(source, Kernel.Text("/"u8)), HostDirectories.Name(i));
            var target = stackalloc byte[32];
            Bytes.Append(Bytes.Append(target, Kernel.Text("host/"u8)), HostDirectories.Name(i));
            var tree = ReadOnlyTree(source);
            if (tree < 0 || (error = FileSystems.AttachBeneath(tree, root, target)) < 0)
                return Failed(Kernel.Text("Binding the host's programs failed in"u8), tree < 0 ? tree : error);
            Kernel.Close(tree);
            HostDirectories.MarkBound(i);
        }

        return 0;
    }

    private static int ReadOnlyTree(byte* path)
    {
        var tree = FileSystems.CloneTree(path, recursive: true);
        if (tree < 0)
            return tree;
        var error = FileSystems.SetAttributes(tree, NewMount.AttrReadOnly | NewMount.AttrNoSuid | NewMount.AttrNoDev, recursive: true);
        return error < 0 ? (int)error : tree;
    }

    /// <summary>One /dev for all sandboxes, hence read-only; /dev/shm is a place for each one's own.</summary>
    private static nint MakeDevices()
    {
        var directory = Kernel.Text("/dev"u8);
        Kernel.MakeDirectory(directory, 0x1ed);
        var tmpfs = FileSystems.NewTmpfs(DevicesBytes, DevicesInodes, NewMount.AttrNoSuid | NewMount.AttrNoExec);
        nint error = tmpfs;
        if (tmpfs < 0 || (error = FileSystems.AttachAt(tmpfs, directory)) < 0)
            return Failed(Kernel.Text("Mounting /dev failed for"u8), error);
        // https://docs.kernel.org/admin-guide/devices.html
        if ((error = MakeDevice(Kernel.Text("/dev/null"u8), 3)) < 0 || (error = MakeDevice(Kernel.Text("/dev/zero"u8), 5)) < 0 ||
            (error = MakeDevice(Kernel.Text("/dev/full"u8), 7)) < 0 || (error = MakeDevice(Kernel.Text("/dev/random"u8), 8)) < 0 ||
            (error = MakeDevice(Kernel.Text("/dev/urandom"u8), 9)) < 0)
            return Failed(Kernel.Text("Making device nodes failed for"u8), error);
        Kernel.Call(Sys.Symlink, (nint)Kernel.Text("/proc/self/fd"u8), (nint)Kernel.Text("/dev/fd"u8));
        Kernel.Call(Sys.Symlink, (nint)Kernel.Text("/proc/self/fd/0"u8), (nint)Kernel.Text("/dev/stdin"u8));
        Kernel.Call(Sys.Symlink, (nint)Kernel.Text("/proc/self/fd/1"u8), (nint)Kernel.Text("/dev/stdout"u8));
        Kernel.Call(Sys.Symlink, (nint)Kernel.Text("/proc/self/fd/2"u8), (nint)Kernel.Text("/dev/stderr"u8));
        Kernel.MakeDirectory(Kernel.Text("/dev/shm"u8), 0x1ed);
        if ((error = FileSystems.SetAttributes(tmpfs, NewMount.AttrReadOnly, recursive: false)) < 0)
            return Failed(Kernel.Text("Making /dev read-only failed for"u8), error);
        Kernel.Close(tmpfs);
        return 0;
    }

    private static nint MakeDevice(byte* path, int minor) => Kernel.Call(Sys.Mknod, (nint)path, CharacterDevice | EveryoneReadsAndWrites, MemoryMajor | minor);

    private static void MakeBeneath(int root, byte* name) => Kernel.Call(Sys.Mkdirat, root, (nint)name, 0x1ed);

    private static nint Failed(byte* step, nint error)
    {
        FailedStep = step;
        return error;
    }
}
