namespace Corral.EndToEnd.Tests.PowerCut;

// Acknowledged means durable, held against the plug. Killing the User-mode Linux kernel takes its page cache with it: what was never synced is gone.
public sealed class PowerCutTests
{
    private const int Cuts = 10;

    [Fact]
    public async Task Ten_power_cuts_lose_no_acknowledged_job_and_no_acknowledged_journal_entry()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        using var host = new PoweredHost();
        var random = new Random(20261122);
        for (var cut = 0; cut < Cuts; cut++)
        {
            var before = host.Jobs + host.JournalEntries;
            var missing = await host.BootAndCutAsync(TimeSpan.FromMilliseconds(random.Next(0, 3000)), limit.Token);
            Assert.True(missing == 0, $"After cut {cut}, {missing} of {before} acknowledgements were gone.");
        }

        Assert.Equal(0, await host.BootAndCutAsync(TimeSpan.Zero, limit.Token));
    }

    [Theory]
    [InlineData("Coordinator:Storage:Synchronous=Off")]
    [InlineData("Agent:Journal:Fsync=false")]
    public async Task Without_the_sync_the_same_cut_loses_acknowledgements(string setting)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var host = new PoweredHost(setting);
        // The kernel writes dirty pages back by itself after some seconds: cut before that.
        await host.BootAndCutAsync(TimeSpan.Zero, limit.Token);
        Assert.NotEqual(0, await host.BootAndCutAsync(TimeSpan.Zero, limit.Token));
    }
}
