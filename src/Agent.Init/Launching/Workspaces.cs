using System;

namespace Corral.Agent.Init;

/// <summary>The workspaces: each a tmpfs in the launcher's own mount namespace, of which every step that uses it gets a clone at /box. (A detached mount
/// can be attached only once, and on 6.1 cannot even be cloned, so it has to be mounted somewhere.)</summary>
internal static unsafe class Workspaces
{
    public const int Capacity = 4096;

    private static ulong* _ids;

    public static int Count;

    public static void Initialize() => _ids = (ulong*)Kernel.Allocate(Capacity * sizeof(ulong));

    public static ulong IdAt(int index) => _ids[index];

    /// <summary>Returns a descriptor of the root directory, or -errno.</summary>
    public static int Make(WorkspaceMessage* message)
    {
        if (Find(message->Envelope.Id) >= 0)
            return -Errno.Exists;
        if (Count == Capacity)
            return -Errno.NoSpace;
        var path = stackalloc byte[32];
        PathOf(message->Envelope.Id, path);
        var options = stackalloc byte[160];
        var end = Bytes.Append(Bytes.Append(options, Kernel.Text("mode=755,size="u8)), message->Bytes);
        end = Bytes.Append(Bytes.Append(end, Kernel.Text(",nr_inodes="u8)), message->Inodes);
        end = Bytes.Append(Bytes.Append(end, Kernel.Text(",uid="u8)), message->Uid);
        Bytes.Append(Bytes.Append(end, Kernel.Text(",gid="u8)), message->Gid);
        Kernel.MakeDirectory(path, 0x1ed);
        var type = Kernel.Text("tmpfs"u8);
        var error = Kernel.Mount(type, path, type, MountFlags.NoSuid | MountFlags.NoDev, options);
        if (error < 0)
        {
            Kernel.Call(Sys.Rmdir, (nint)path);
            return (int)error;
        }

        _ids[Count++] = message->Envelope.Id;
        return OpenRoot(message->Envelope.Id);
    }

    public static int OpenRoot(ulong id)
    {
        var path = stackalloc byte[32];
        PathOf(id, path);
        return Kernel.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory);
    }

    /// <summary>Its memory is free once no sandbox and no descriptor shows it.</summary>
    public static nint Remove(ulong id)
    {
        var index = Find(id);
        if (index < 0)
            return -Errno.NoEntry;
        _ids[index] = _ids[--Count];
        var path = stackalloc byte[32];
        PathOf(id, path);
        var error = Kernel.Call(Sys.Umount2, (nint)path, MountFlags.Detach);
        Kernel.Call(Sys.Rmdir, (nint)path);
        return error;
    }

    /// <summary>Attaches a clone at /box of a waiting sandbox, whose own processes have no right to mount: enter its namespace, attach, come back.</summary>
    public static nint AttachTo(int pidfd, int ownNamespace, ulong id, bool readOnly)
    {
        var path = stackalloc byte[32];
        PathOf(id, path);
        var tree = FileSystems.CloneTree(path, recursive: false);
        if (tree < 0)
            return tree;
        nint error = 0;
        if (readOnly)
            error = FileSystems.SetAttributes(tree, NewMount.AttrReadOnly | NewMount.AttrNoSuid | NewMount.AttrNoDev, recursive: false);
        if (error == 0)
            error = Kernel.Call(Sys.Setns, pidfd, (nint)CloneFlags.NewNs);
        if (error == 0)
        {
            error = FileSystems.AttachAt(tree, Kernel.Text("/box"u8));
            if (Kernel.Call(Sys.Setns, ownNamespace, (nint)CloneFlags.NewNs) < 0)
                Kernel.Exit(ExitCodes.CannotStart);
        }

        Kernel.Close(tree);
        return error;
    }

    private static void PathOf(ulong id, byte* path) => Bytes.Append(Bytes.Append(path, Kernel.Text("/w/"u8)), (long)id);

    private static int Find(ulong id)
    {
        for (var i = 0; i < Count; i++)
        {
            if (_ids[i] == id)
                return i;
        }

        return -1;
    }
}
