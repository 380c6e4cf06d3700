using System;

namespace Corral.Agent.Init;

/// <summary>Builds a sandbox's root, in its own mount namespace, and moves into it.</summary>
internal static unsafe class Rootfs
{
    private const int OptionsBytes = Protocol.LayersBytes + 256;

    public static SetupStep FailedStep;

    /// <summary>Returns 0, or -errno with <see cref="FailedStep"/> set.</summary>
    public static nint Enter(CreateMessage* create, int scratch)
    {
        // The namespace is a copy of the cloner's small root: /m and /r are its mount points, /images, /host and /dev what it offers.
        var scratchPath = Kernel.Text("/m"u8);
        var error = FileSystems.AttachAt(scratch, scratchPath);
        if (error != 0)
            return Failed(SetupStep.MountScratch, error);

        // Paths, because descriptors as layers need 6.13; they show in the sandbox's mountinfo, hence their blandness.
        var options = stackalloc byte[OptionsBytes];
        var end = Bytes.Append(options, Kernel.Text("redirect_dir=off,metacopy=off,index=off,upperdir=/m/u,workdir=/m/w,lowerdir="u8));
        Bytes.Append(end, create->Layers);
        var overlay = Kernel.Text("overlay"u8);
        var rootPath = Kernel.Text("/r"u8);
        error = Kernel.Mount(overlay, rootPath, overlay, MountFlags.NoSuid | MountFlags.NoDev, options);
        if (error != 0)
            return Failed(SetupStep.Overlay, error);
        var root = Kernel.Open(rootPath, OpenFlags.PathOnly | OpenFlags.Directory);
        if (root < 0)
            return Failed(SetupStep.RootDirectory, root);

        if (create->BindsHost != 0)
        {
            error = BindHostDirectories(root);
            if (error != 0)
                return Failed(SetupStep.HostDirectories, error);
        }

        error = Attach(FileSystems.CloneTree(Kernel.Text("/dev"u8), recursive: false), root, Kernel.Text("dev"u8));
        if (error != 0)
            return Failed(SetupStep.Devices, error);
        error = Attach(FileSystems.CloneTree(Kernel.Text("/m/s"u8), recursive: false), root, Kernel.Text("dev/shm"u8));
        if (error != 0)
            return Failed(SetupStep.SharedMemory, error);
        error = Attach(FileSystems.NewProc(), root, Kernel.Text("proc"u8));
        if (error != 0)
            return Failed(SetupStep.Proc, error);

        // The workspace comes later, by the launcher; its place must be a directory before foreign programs can see it.
        Kernel.Call(Sys.Mkdirat, root, (nint)Kernel.Text("box"u8), 0x1ed);
        var box = Kernel.OpenBeneath(root, Kernel.Text("box"u8), OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (box < 0)
            return Failed(SetupStep.Box, box);
        Kernel.Close(box);
        Kernel.Close(root);

        // pivot_root(".", ".") stacks the old root upon the new one; detaching "." then takes the old one off.
        var here = Kernel.Text("."u8);
        error = Kernel.ChangeDirectory(rootPath);
        if (error == 0)
            error = Kernel.Call(Sys.PivotRoot, (nint)here, (nint)here);
        if (error == 0)
            error = Kernel.Call(Sys.Umount2, (nint)here, MountFlags.Detach);
        if (error == 0)
            error = Kernel.ChangeDirectory(Kernel.Text("/"u8));
        return error == 0 ? 0 : Failed(SetupStep.PivotRoot, error);
    }

    private static nint BindHostDirectories(int root)
    {
        for (var i = 0; i < HostDirectories.Count; i++)
        {
            if (!HostDirectories.IsBound(i))
                continue;
            var path = stackalloc byte[32];
            Bytes.Append(Bytes.Append(path, Kernel.Text("/host/"u8)), HostDirectories.Name(i));
            var error = Attach(FileSystems.CloneTree(path, recursive: true), root, HostDirectories.Name(i));
            if (error != 0)
                return error;
        }

        return 0;
    }

    private static nint Attach(int tree, int root, byte* name)
    {
        if (tree < 0)
            return tree;
        var error = FileSystems.AttachBeneath(tree, root, name);
        Kernel.Close(tree);
        return error;
    }

    private static nint Failed(SetupStep step, nint error)
    {
        FailedStep = step;
        return error;
    }
}
