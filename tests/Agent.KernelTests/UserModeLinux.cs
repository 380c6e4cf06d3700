namespace Corral.Agent.KernelTests;

/// <summary>Whether the tests run in a User-mode Linux host (tests/uml). A test that skips there is listed, with its reason, in tests/uml/skips.txt.</summary>
internal static class UserModeLinux
{
    public static bool IsHere { get; } = File.ReadAllText("/proc/cpuinfo").Contains("User Mode Linux", StringComparison.Ordinal);
}
