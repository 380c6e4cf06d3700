using System;

namespace Corral.Agent.Init;

/// <summary>Mounts through the calls of kernel 5.2 and later: a file system is a descriptor until it is attached, so no path is ever followed twice.</summary>
internal static unsafe class FileSystems
{
    /// <summary>A tmpfs of a given size, not attached yet.</summary>
    public static int NewTmpfs(long bytes, long inodes, int attributes)
    {
        var context = (int)Kernel.Call(Sys.Fsopen, (nint)Kernel.Text("tmpfs"u8), NewMount.FsopenCloexec);
        if (context < 0)
            return context;
        var error = SetSize(context, bytes, inodes);
        if (error == 0)
            error = SetOption(context, Kernel.Text("mode"u8), Kernel.Text("755"u8));
        return error == 0 ? Create(context, attributes) : Abandon(context, error);
    }

    /// <summary>Changes the size of a mounted tmpfs.</summary>
    public static nint Resize(int mount, long bytes, long inodes)
    {
        var context = (int)Kernel.Call(Sys.Fspick, mount, (nint)Kernel.Text(""u8), NewMount.FspickCloexec | NewMount.FspickEmptyPath);
        if (context < 0)
            return context;
        var error = SetSize(context, bytes, inodes);
        if (error == 0)
            error = Kernel.Call(Sys.Fsconfig, context, NewMount.CommandReconfigure);
        Kernel.Close(context);
        return error;
    }

    /// <summary>A /proc of the caller's pid namespace that shows processes of the reader's own user and nothing about the host.</summary>
    public static int NewProc()
    {
        var context = (int)Kernel.Call(Sys.Fsopen, (nint)Kernel.Text("proc"u8), NewMount.FsopenCloexec);
        if (context < 0)
            return context;
        SetOption(context, Kernel.Text("hidepid"u8), Kernel.Text("2"u8));
        SetOption(context, Kernel.Text("subset"u8), Kernel.Text("pid"u8));
        return Create(context, NewMount.AttrNoSuid | NewMount.AttrNoDev | NewMount.AttrNoExec);
    }

    /// <summary>A second view of what is mounted at a path, not attached yet.</summary>
    public static int CloneTree(byte* path, bool recursive) =>
        (int)Kernel.Call(Sys.OpenTree, NewMount.AtCurrentDirectory, (nint)path, NewMount.OpenTreeClone | NewMount.OpenTreeCloexec | (recursive ? NewMount.AtRecursive : 0));

    public static nint SetAttributes(int tree, ulong attributes, bool recursive)
    {
        MountAttr change = default;
        change.Set = attributes;
        change.Propagation = MountFlags.Private;
        return Kernel.Call(Sys.MountSetattr, tree, (nint)Kernel.Text(""u8), NewMount.AtEmptyPath | (recursive ? NewMount.AtRecursive : 0), (nint)(&change), sizeof(MountAttr));
    }

    public static nint AttachAt(int tree, byte* path) =>
        Kernel.Call(Sys.MoveMount, tree, (nint)Kernel.Text(""u8), NewMount.AtCurrentDirectory, (nint)path, NewMount.MoveFromEmptyPath);

    /// <summary>Attaches on a directory beneath another, making it where it is missing. A link on the way is an error: images are foreign.</summary>
    public static nint AttachBeneath(int tree, int directory, byte* name)
    {
        if (tree < 0)
            return tree;
        var target = Kernel.OpenBeneath(directory, name, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (target == -Errno.NoEntry)
        {
            Kernel.Call(Sys.Mkdirat, directory, (nint)name, 0x1ed);
            target = Kernel.OpenBeneath(directory, name, OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        }

        if (target < 0)
            return target;
        var empty = (nint)Kernel.Text(""u8);
        var error = Kernel.Call(Sys.MoveMount, tree, empty, target, empty, NewMount.MoveFromEmptyPath | NewMount.MoveToEmptyPath);
        Kernel.Close(target);
        return error;
    }

    private static nint SetSize(int context, long bytes, long inodes)
    {
        var number = stackalloc byte[32];
        Bytes.Append(number, bytes);
        var error = SetOption(context, Kernel.Text("size"u8), number);
        if (error != 0)
            return error;
        Bytes.Append(number, inodes);
        return SetOption(context, Kernel.Text("nr_inodes"u8), number);
    }

    private static nint SetOption(int context, byte* key, byte* value) => Kernel.Call(Sys.Fsconfig, context, NewMount.SetString, (nint)key, (nint)value);

    private static int Create(int context, int attributes)
    {
        var error = Kernel.Call(Sys.Fsconfig, context, NewMount.CommandCreate);
        if (error != 0)
            return Abandon(context, error);
        var mount = (int)Kernel.Call(Sys.Fsmount, context, NewMount.FsmountCloexec, attributes);
        Kernel.Close(context);
        return mount;
    }

    private static int Abandon(int context, nint error)
    {
        Kernel.Close(context);
        return (int)error;
    }
}
