namespace Corral.Agent.Init;

/// <summary>Messages with file descriptors over SEQPACKET sockets: one send is one receive, whole or not at all.</summary>
internal static unsafe class Packets
{
    private const int ControlBytes = 1056;

    /// <summary>Sends a message. MSG_NOSIGNAL always.</summary>
    public static nint Send(int socket, void* message, int length, int* fds, int fdCount, int flags = 0)
    {
        var control = stackalloc byte[ControlBytes];
        IoVector vector;
        vector.Base = message;
        vector.Length = (nuint)length;
        MessageHeader header = default;
        header.Vectors = &vector;
        header.VectorCount = 1;
        if (fdCount > 0)
        {
            var head = (ControlHeader*)control;
            head->Length = (nuint)(sizeof(ControlHeader) + sizeof(int) * fdCount);
            head->Level = Sockets.SolSocket;
            head->Type = Sockets.ScmRights;
            for (var i = 0; i < fdCount; i++)
                ((int*)(head + 1))[i] = fds[i];
            header.Control = control;
            header.ControlLength = (head->Length + 7) & ~(nuint)7;
        }

        nint result;
        do
            result = Kernel.Call(Sys.Sendmsg, socket, (nint)(&header), flags | Sockets.MsgNoSignal);
        while (result == -Errno.Interrupted);
        return result;
    }

    /// <summary>Receives a message; 0 where the other end is closed. A message cut short gives -EPROTO and no descriptors.</summary>
    public static nint Receive(int socket, void* buffer, int capacity, int* fds, int* fdCount, int flags = 0)
    {
        var control = stackalloc byte[ControlBytes];
        IoVector vector;
        vector.Base = buffer;
        vector.Length = (nuint)capacity;
        MessageHeader header = default;
        header.Vectors = &vector;
        header.VectorCount = 1;
        header.Control = control;
        header.ControlLength = ControlBytes;
        *fdCount = 0;
        nint result;
        do
            result = Kernel.Call(Sys.Recvmsg, socket, (nint)(&header), flags | Sockets.MsgCmsgCloexec);
        while (result == -Errno.Interrupted);
        if (result < 0)
            return result;
        if (header.ControlLength >= (nuint)(sizeof(ControlHeader) + sizeof(int)))
        {
            var head = (ControlHeader*)control;
            *fdCount = (int)(head->Length - (nuint)sizeof(ControlHeader)) / sizeof(int);
            for (var i = 0; i < *fdCount; i++)
                fds[i] = ((int*)(head + 1))[i];
        }

        if ((header.Flags & (Sockets.MsgTruncated | Sockets.MsgControlTruncated)) == 0)
            return result;
        CloseAll(fds, *fdCount);
        *fdCount = 0;
        return -Errno.Protocol;
    }

    public static void CloseAll(int* fds, int count)
    {
        for (var i = 0; i < count; i++)
            Kernel.Close(fds[i]);
    }
}
