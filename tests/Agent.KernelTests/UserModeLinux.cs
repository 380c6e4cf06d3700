namespace Corral.Agent.KernelTests;

/// <summary>Whether the tests run in a User-mode Linux host (tests/uml). A test that skips there is listed, with its reason, in tests/uml/skips.txt.</summary>
internal static class UserModeLinux
{
    /// <summary>The least that any use of the processor counts, nanoseconds: there time is counted in ticks of 10 ms, and less than one may count as none.</summary>
    public static long LeastCpuNs => IsHere ? 0 : 1;

    public static bool IsHere { get; } = File.ReadAllText("/proc/cpuinfo").Contains("User Mode Linux", StringComparison.Ordinal);
}
