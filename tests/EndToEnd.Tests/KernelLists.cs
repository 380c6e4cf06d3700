using Corral.Cli.Demo;
using Corral.Cli.Serving;

namespace Corral.EndToEnd.Tests;

/// <summary>What the kernel still lists of a state folder's instance.</summary>
internal static class KernelLists
{
    public static IEnumerable<string> Of(string state) => Leftovers.Find(new StateFolder(state));
}
