using System.Diagnostics;
using Corral.Agent.Cgroups;

namespace Corral.Agent.KernelTests.Cgroups;

/// <summary>Removes a group whose last process may be on its way out still.</summary>
internal static class Removed
{
    /// <summary>Asks until the kernel lets go; fails after 10 s.</summary>
    public static async Task Async(SandboxGroup group)
    {
        var clock = Stopwatch.StartNew();
        while (!group.TryRemove())
        {
            // cgroup.events tells when a group is empty, but rmdir may be refused a moment longer: there is no event for that.
            if (clock.Elapsed > TimeSpan.FromSeconds(10)) Assert.Fail($"The group '{group.Name}' is still busy 10 s after its processes were killed.");
            await Task.Yield();
        }
    }
}
