namespace Corral.Agent.Cgroups;

/// <summary>Swap that no group's limit covers would let a job use more memory than it was given.</summary>
internal static class Swap
{
    /// <summary>Throws where the host swaps; called where the kernel offers no swap limit for groups.</summary>
    public static void RefuseIfOn()
    {
        if (!IsOn(File.Exists("/proc/swaps") ? File.ReadAllText("/proc/swaps") : "")) return;
        throw new SandboxException(SandboxStep.FindControllers, "swap",
            "swap is on and this kernel does not limit it by group, so memory limits would not hold. Turn it off (swapoff -a), or boot with swapaccount=1.");
    }

    /// <summary>Whether the content of <c>/proc/swaps</c> names a device or a file, below its heading.</summary>
    public static bool IsOn(string procSwaps) => procSwaps.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length > 1;
}
