// What compiled code calls of a runtime: there are no threads, no collector and no exceptions, so each is empty or the end.
using System;
using System.Runtime;

namespace Internal.Runtime.CompilerHelpers;

internal static unsafe class StartupCodeHelpers
{
    [RuntimeExport("RhpReversePInvoke")]
    private static void RhpReversePInvoke(IntPtr frame) { }

    [RuntimeExport("RhpReversePInvokeReturn")]
    private static void RhpReversePInvokeReturn(IntPtr frame) { }

    [RuntimeExport("RhpPInvoke")]
    private static void RhpPInvoke(IntPtr frame) { }

    [RuntimeExport("RhpPInvokeReturn")]
    private static void RhpPInvokeReturn(IntPtr frame) { }

    [RuntimeExport("RhpGcPoll")]
    private static void RhpGcPoll() { }

    [RuntimeExport("RhpFallbackFailFast")]
    private static void RhpFallbackFailFast() => ThrowHelpers.Die();

    [RuntimeExport("InitializeModules")]
    private static void InitializeModules(IntPtr osModule, IntPtr* modules, int count, IntPtr* classlibFunctions, int functionCount) { }
}

internal static class ThrowHelpers
{
    /// <summary>Exit code of a launcher or PID 1 that met its own bug.</summary>
    private const int BugExitCode = 70;

    internal static void Die() => Corral.Agent.Init.Kernel.Exit(BugExitCode);

    private static void ThrowOverflowException() => Die();

    private static void ThrowDivideByZeroException() => Die();

    private static void ThrowIndexOutOfRangeException() => Die();

    private static void ThrowNullReferenceException() => Die();
}
