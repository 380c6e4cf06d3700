using System;

namespace Corral.Agent.Init;

/// <summary>Writes input files beneath /box, as the step's user and charged to the step. Steps before it may have left links, FIFOs and directories
/// there: no link is ever followed, and what stands in the way of a file is unlinked, never opened.</summary>
internal static unsafe class InputFiles
{
    private const int NameBytes = 256, BufferBytes = 8192, DirectoryMode = 0x1ed;

    public static nint Write(StepExec.Context* context)
    {
        if (context->Start->FileCount == 0)
            return 0;
        var root = Kernel.Open(Kernel.Text("/box"u8), OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (root < 0)
            return root;
        var files = (StartFile*)(context->Data + context->Start->FilesOffset);
        for (var i = 0; i < context->Start->FileCount; i++)
        {
            context->FileIndex = i;
            if ((uint)files[i].Content >= (uint)context->ContentCount)
                return -Errno.Protocol;
            var error = Write(root, context->Data + files[i].PathOffset, context->Contents[files[i].Content], files + i);
            if (error < 0)
                return error;
        }

        Kernel.Close(root);
        return 0;
    }

    private static nint Write(int root, byte* path, int content, StartFile* file)
    {
        var name = stackalloc byte[NameBytes];
        var directory = root;
        nint error = 0;
        while (true)
        {
            var length = 0;
            while (path[length] != 0 && path[length] != '/')
                length++;
            if (length is 0 or >= NameBytes)
            {
                error = length == 0 ? -Errno.Invalid : -Errno.NameTooLong;
                break;
            }

            Bytes.Copy(name, path, length);
            name[length] = 0;
            if (path[length] == 0)
            {
                error = Create(directory, name, content, file);
                break;
            }

            Kernel.Call(Sys.Mkdirat, directory, (nint)name, DirectoryMode);
            var next = Kernel.OpenBeneath(directory, name, OpenFlags.PathOnly | OpenFlags.Directory);
            if (directory != root)
                Kernel.Close(directory);
            directory = next;
            if (next < 0)
                return next;
            path += length + 1;
        }

        if (directory != root)
            Kernel.Close(directory);
        return error;
    }

    private static nint Create(int directory, byte* name, int content, StartFile* file)
    {
        const int flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow;
        var target = Kernel.OpenBeneath(directory, name, flags, file->Mode);
        if (target == -Errno.Exists)
        {
            var removed = Kernel.Call(Sys.Unlinkat, directory, (nint)name);
            if (removed < 0)
                return removed;
            target = Kernel.OpenBeneath(directory, name, flags, file->Mode);
        }

        if (target < 0)
            return target;
        var error = CopyContent(target, content, file->Offset, file->Length);
        Kernel.Close(target);
        return error;
    }

    private static nint CopyContent(int target, int content, long offset, long left)
    {
        var buffer = stackalloc byte[BufferBytes];
        while (left > 0)
        {
            var read = Kernel.Call(Sys.Pread64, content, (nint)buffer, (nint)(left < BufferBytes ? left : BufferBytes), (nint)offset);
            if (read <= 0)
                return read == 0 ? -Errno.Protocol : read;
            var written = Kernel.Write(target, buffer, read);
            if (written <= 0)
                return written == 0 ? -Errno.NoSpace : written;
            offset += written;
            left -= written;
        }

        return 0;
    }
}
