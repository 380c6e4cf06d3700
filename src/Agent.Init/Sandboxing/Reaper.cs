namespace Corral.Agent.Init;

/// <summary>What PID 1 does while the step runs.</summary>
internal static unsafe class Reaper
{
    private const int SignalInfoBytes = 128;

    /// <summary>Reaps everything until the command has ended, and passes signals on.</summary>
    public static void WaitFor(int pid, int control, int signals, long deadlineNs, EndedMessage* ended)
    {
        // Not in the loop: what stackalloc takes is given back only when the method returns, and orphans may come by the hundred thousand.
        var entries = stackalloc PollEntry[2];
        var information = stackalloc byte[SignalInfoBytes];
        while (true)
        {
            if (Reap(pid, ended))
                return;
            entries[0].Fd = signals;
            entries[0].Events = Poll.In;
            entries[1].Fd = control;
            entries[1].Events = Poll.In;
            var left = deadlineNs - Kernel.Now();
            if (left <= 0)
            {
                ended->DeadlinePassed = 1;
                ended->WaitStatus = Signals.Kill;
                ended->ExitedNs = Kernel.Now();
                return;
            }

            TimeSpec timeout;
            timeout.Seconds = left / Clocks.NanosecondsPerSecond;
            timeout.Nanoseconds = left % Clocks.NanosecondsPerSecond;
            Kernel.Call(Sys.Ppoll, (nint)entries, 2, (nint)(&timeout), 0, 0);
            if ((entries[0].Seen & Poll.In) != 0)
                Kernel.Read(signals, information, SignalInfoBytes);

            if (entries[1].Seen != 0)
                Obey(pid, &control);
        }
    }

    private static bool Reap(int pid, EndedMessage* ended)
    {
        const int noHang = 1;
        while (true)
        {
            int status;
            ResourceUsage usage;
            var child = Kernel.Call(Sys.Wait4, -1, (nint)(&status), noHang, (nint)(&usage));
            if (child <= 0)
                return false;
            if (child != pid)
                continue;
            ended->ExitedNs = Kernel.Now();
            ended->WaitStatus = status;
            ended->MaxResidentKilobytes = usage.MaxResidentKilobytes;
            return true;
        }
    }

    private static void Obey(int pid, int* control)
    {
        SignalMessage message;
        var fds = stackalloc int[Protocol.MaxDescriptors + 3];
        var fdCount = 0;
        var length = Packets.Receive(*control, &message, sizeof(SignalMessage), fds, &fdCount, Sockets.MsgDontWait);
        if (length == 0)
            *control = -1;
        if (length != sizeof(SignalMessage) || message.Kind != MessageKind.Signal)
            return;
        // The command leads a session, so its group is what a terminal would signal.
        if (Kernel.Call(Sys.Kill, -pid, message.Signal) != 0)
            Kernel.Call(Sys.Kill, pid, message.Signal);
    }
}
