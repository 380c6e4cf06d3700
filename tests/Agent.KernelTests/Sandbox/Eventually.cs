using System.Diagnostics;

namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>For what the kernel shows in a file and announces to nobody: looked at again and again, within a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(30);

    public static async Task AsyncThat(Func<bool> condition, string what, TimeSpan? time = null)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(since) > (time ?? s_time)) throw new TimeoutException($"Not seen within {(time ?? s_time).TotalSeconds} s: {what}.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
