using System.Diagnostics;
using System.Globalization;
using Corral.Agent.KernelTests.Sandbox;
using Corral.Agent.Sandbox;
using Corral.Shared.Jobs;
using static Corral.Agent.KernelTests.Attempts.AgentFixture;

namespace Corral.Agent.KernelTests.Attempts;

/// <summary>When the room of an attempt is promised to another.</summary>
public sealed class RoomTests(AgentFixture agent) : IClassFixture<AgentFixture>
{
    [Fact]
    public async Task A_report_waits_for_no_unmount_and_the_next_order_is_taken_meanwhile()
    {
        var whole = Shell("touch /box/of-the-first; exec sleep 60") with { Limits = new ResourceLimits { Cpus = agent.Options.Cpus } };
        var (first, second, third) = (Order(Job(whole)), Order(Job(whole with { Command = ["/bin/true"] })), Order(Job(whole)));
        await agent.Coordinator.OrderAsync(first);
        await Eventually.AsyncThat(HasWorkspaceOfTheFirst, "the first step runs");

        // A launcher that stands still removes nothing. The step does not need it to end.
        Signal("STOP");
        try
        {
            agent.Node.Book.Stop([first.Attempt], KillReason.Cancelled);
            Assert.Equal(Verdict.Cancelled, (await agent.Coordinator.ReportAsync(first.Attempt)).Verdict);
            await Eventually.AsyncThat(() => !HasWorkspaceOfTheFirst(), "the agent wants the workspace removed");

            await agent.Coordinator.OrderAsync(second);
            await agent.Coordinator.OrderAsync(third);
            Assert.Contains(second.Attempt, agent.Node.Book.Held);
            // The room was promised once.
            Assert.DoesNotContain(third.Attempt, agent.Node.Book.Held);
        }
        finally
        {
            Signal("CONT");
        }

        Assert.Equal(Verdict.Succeeded, (await agent.Coordinator.ReportAsync(second.Attempt)).Verdict);
    }

    // The agent is this process.
    private static bool HasWorkspaceOfTheFirst() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Any(file => File.Exists(file + "/of-the-first"));

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", LauncherProcessId().ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    // The cloner and every PID 1 are its descendants, and have its command line.
    private int LauncherProcessId()
    {
        var parents = new Dictionary<int, int>();
        foreach (var process in Process.GetProcessesByName("corral-init"))
        {
            using (process)
            {
                try
                {
                    if (!File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(agent.Options.StateDirectory + '\0', StringComparison.Ordinal)) continue;
                    var status = File.ReadAllText($"/proc/{process.Id}/stat"); // pid (name) state ppid …
                    parents[process.Id] = int.Parse(status[(status.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
                }
                catch (IOException)
                {
                    // A sandbox that ended while we looked.
                }
            }
        }

        return Assert.Single(parents.Keys, id => !parents.ContainsKey(parents[id]));
    }
}
