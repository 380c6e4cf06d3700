using System;
using System.Runtime;

namespace Corral.Agent.Init;

/// <summary>corral-init launcher STATE_DIRECTORY LEASE_END_BOOTTIME_NS [START_LOG]: puts a launcher in the background; returns when it listens.</summary>
internal static unsafe class Program
{
    // crt1.o calls __libc_start_main(main, argc, argv, …) with the aligned stack of a new process; there is no libc to answer, so this does.
    [RuntimeExport("__libc_start_main")]
    private static int Start(nint main, int argumentCount, byte** arguments)
    {
        Stubs.Initialize();
        Kernel.Exit(Run(argumentCount, arguments));
        return 0;
    }

    [RuntimeExport("main")]
    private static int NativeMain() => ExitCodes.Usage;

    private static void Main() { }

    private static int Run(int count, byte** arguments)
    {
        if (count is 4 or 5 && Bytes.AreEqual(arguments[1], Kernel.Text("launcher"u8)) && arguments[2][0] == '/')
            return Daemon.Start(arguments[2], Bytes.ParseNumber(arguments[3]), count == 5 ? arguments[4] : null);
        Daemon.Say(Kernel.Text("Usage: corral-init launcher STATE_DIRECTORY LEASE_END_BOOTTIME_NS [START_LOG]"u8), null, 0);
        return ExitCodes.Usage;
    }
}
