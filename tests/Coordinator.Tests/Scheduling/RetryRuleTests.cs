using Corral.Coordinator.Application;
using Corral.Coordinator.Scheduling;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Scheduling;

public sealed class RetryRuleTests
{
    [Fact]
    public void Only_our_faults_are_tried_again_and_only_as_often_as_allowed()
    {
        foreach (var verdict in Enum.GetValues<Verdict>().Where(verdict => verdict != Verdict.None))
        {
            var ours = verdict is Verdict.Lost or Verdict.SandboxBroke;
            Assert.Equal(ours ? null : verdict, RetryRule.FinalVerdict(verdict, 2, 3, cancelRequested: false));
            Assert.Equal(verdict, RetryRule.FinalVerdict(verdict, 3, 3, cancelRequested: false));
            Assert.Equal(ours ? Verdict.Cancelled : verdict, RetryRule.FinalVerdict(verdict, 1, 3, cancelRequested: true));
        }
    }

    [Fact]
    public void Ids_rise_within_a_millisecond_and_when_the_clock_steps_back()
    {
        var clock = new StubClock { Now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000) };
        var ids = new MonotonicJobIds(clock);
        var made = new List<JobId>();
        for (var i = 0; i < 10_000; i++)
        {
            if (i == 5_000)
                clock.Now -= TimeSpan.FromSeconds(5);
            made.Add(ids.Next());
        }

        Assert.Equal(made.Order(), made);
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.All(made, id => Assert.Equal((7, 2), (id.Value.Version, id.Value.Variant >> 2)));
        // The store sorts bytes.
        Assert.Equal(made.Select(id => Convert.ToHexString(id.Value.ToByteArray(bigEndian: true))).Order(StringComparer.Ordinal), made.Select(id => Convert.ToHexString(id.Value.ToByteArray(bigEndian: true))));
    }

    private sealed class StubClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
