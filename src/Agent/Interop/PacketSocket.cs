using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Corral.Agent.Interop;

/// <summary>
/// SEQPACKET unix sockets with descriptors: one send is one receive. System.Net.Sockets cannot pass descriptors.
/// https://man7.org/linux/man-pages/man7/unix.7.html
/// </summary>
internal static unsafe class PacketSocket
{
    /// <summary>The kernel takes 253 a message (SCM_MAX_FD).</summary>
    public const int MaxDescriptors = 253;

    private const int FamilyUnix = 1;
    private const int SequentialPacket = 5;
    private const int LevelSocket = 1;
    private const int Rights = 1;
    private const int OptionSendTimeout = 21;
    private const int DontWait = 0x40;
    private const int PeekOnly = 0x2;
    private const int NoSignal = 0x4000;
    private const int CloseOnExecReceived = 0x40000000;
    private const int PathBytes = 108;
    private const int ControlBytes = 1056; // CMSG_SPACE of MaxDescriptors, rounded up

    /// <summary>Connects to a listener in a directory; null with the errno where nobody listens. Sends then wait five seconds at most.</summary>
    public static SafeFileHandle? TryConnect(SafeFileHandle directory, string name, out int errno)
    {
        var handle = Native.socket(FamilyUnix, SequentialPacket | OpenFlags.CloseOnExec, 0);
        errno = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid) return null;

        // Through /proc/self/fd: an address holds 107 bytes, and the path of a state folder may be longer.
        Span<byte> address = stackalloc byte[2 + PathBytes];
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)FamilyUnix);
        Encoding.UTF8.GetBytes($"/proc/self/fd/{directory.DangerousGetHandle()}/{name}", address[2..]);
        var timeout = stackalloc long[2] { 5, 0 };
        _ = Native.setsockopt(handle, LevelSocket, OptionSendTimeout, timeout, 2 * sizeof(long));
        int result;
        fixed (byte* p = address)
            result = Native.connect(handle, p, address.Length);
        errno = Marshal.GetLastPInvokeError();
        if (result == 0) return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>Sends a message with descriptors; returns 0 or the errno.</summary>
    public static int TrySend(SafeFileHandle socket, ReadOnlySpan<byte> message, ReadOnlySpan<SafeFileHandle> descriptors, bool wait = true)
    {
        var control = stackalloc byte[ControlBytes];
        fixed (byte* p = message)
        {
            var vector = new Native.IoVector { Base = p, Length = (nuint)message.Length };
            var header = new Native.MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (descriptors.Length > 0)
            {
                var head = (Native.ControlHeader*)control;
                head->Length = (nuint)(sizeof(Native.ControlHeader) + (descriptors.Length * sizeof(int)));
                head->Level = LevelSocket;
                head->Type = Rights;
                for (var i = 0; i < descriptors.Length; i++)
                    ((int*)(head + 1))[i] = (int)descriptors[i].DangerousGetHandle();
                header.Control = control;
                header.ControlLength = (head->Length + 7) & ~(nuint)7;
            }

            var flags = NoSignal | (wait ? 0 : DontWait);
            int errno;
            do
                errno = Native.sendmsg(socket, &header, flags) < 0 ? Marshal.GetLastPInvokeError() : 0;
            while (errno == Errno.EINTR);
            GC.KeepAlive(descriptors.Length > 0 ? descriptors[0] : null);
            return errno;
        }
    }

    /// <summary>
    /// Receives a message without waiting (or waiting where asked); returns its length, 0 where the other end is closed, or minus the errno.
    /// Descriptors are the caller's. With <paramref name="peek"/> the message stays, and its descriptors are not taken.
    /// </summary>
    public static int TryReceive(SafeFileHandle socket, Span<byte> buffer, Span<int> descriptors, out int count, bool peek = false, bool wait = false)
    {
        var control = stackalloc byte[ControlBytes];
        count = 0;
        fixed (byte* p = buffer)
        {
            var vector = new Native.IoVector { Base = p, Length = (nuint)buffer.Length };
            var header = new Native.MessageHeader { Vectors = &vector, VectorCount = 1 };
            if (!peek)
            {
                header.Control = control;
                header.ControlLength = ControlBytes;
            }

            var flags = CloseOnExecReceived | (peek ? PeekOnly : 0) | (wait ? 0 : DontWait);
            nint length;
            int errno;
            do
            {
                length = Native.recvmsg(socket, &header, flags);
                errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (errno == Errno.EINTR);
            if (errno != 0) return -errno;

            if (!peek && header.ControlLength >= (nuint)(sizeof(Native.ControlHeader) + sizeof(int)))
            {
                var head = (Native.ControlHeader*)control;
                var received = (int)(head->Length - (nuint)sizeof(Native.ControlHeader)) / sizeof(int);
                for (var i = 0; i < received; i++)
                {
                    if (i < descriptors.Length) descriptors[count++] = ((int*)(head + 1))[i];
                    else new SafeFileHandle(((int*)(head + 1))[i], ownsHandle: true).Dispose();
                }
            }

            return (int)length;
        }
    }

    /// <summary>A descriptor of a process, readable once it has ended; null where there is no such process.</summary>
    public static SafeFileHandle? TryOpenProcess(int pid)
    {
        const int pidfdOpen = 434;
        var result = Native.pidfd_open(pidfdOpen, pid, 0);
        return result < 0 ? null : new SafeFileHandle(result, ownsHandle: true);
    }

    /// <summary>Waits until a descriptor is readable; false where it is not within the time.</summary>
    public static bool WaitReadable(SafeFileHandle file, TimeSpan time)
    {
        const short readable = 1;
        var entry = new Native.PollEntry { Fd = (int)file.DangerousGetHandle(), Events = readable };
        var result = Native.poll(&entry, 1, (int)time.TotalMilliseconds);
        GC.KeepAlive(file);
        return result > 0;
    }
}
