namespace Corral.Agent.KernelTests.Sandbox;

/// <summary>Measures the whole process, so no other test may run beside it.</summary>
[Collection(SandboxesAlone.Name)]
public sealed class OutputFloodTests(SandboxFixture sandboxes)
{
    [Fact]
    public async Task Ten_gigabytes_of_output_leave_the_agents_memory_as_it_was()
    {
        Assert.SkipWhen(UserModeLinux.IsHere, "it takes minutes there, and what it proves is the agent's, not the kernel's");
        const long bytes = 10_000_000_000;
        // What a flow costs once (code, buffers, the collector's own budget) is paid before it is measured.
        await sandboxes.ShellAsync("head -c 2000000000 /dev/zero", l => l with { OutputBytes = 2 * bytes, CpuTime = TimeSpan.FromMinutes(2), WallTime = TimeSpan.FromMinutes(2) }, TimeSpan.FromMinutes(2));
        var before = ResidentBytes();
        var result = await sandboxes.ShellAsync($"head -c {bytes} /dev/zero", l => l with
        {
            OutputBytes = 2 * bytes,
            CpuTime = TimeSpan.FromMinutes(20),
            WallTime = TimeSpan.FromMinutes(20),
        }, TimeSpan.FromMinutes(20));
        Assert.Equal((0, bytes), (result.ExitCode, result.End.StdoutBytes));
        Assert.InRange(ResidentBytes() - before, long.MinValue, 16 << 20);
    }

    private static long ResidentBytes() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
