using System.Numerics;
using Corral.Coordinator.Billing;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Tests.Billing;

public sealed class BillTests
{
    private static readonly RateCard s_card = RateCard.BuiltIn;

    [Theory]
    // One unit of cpu price is 100 ns: 50 ns are half a unit and go up, 49 ns go down.
    [InlineData(50, 0, 0, 1)]
    [InlineData(49, 0, 0, 0)]
    [InlineData(150, 0, 0, 2)]
    [InlineData(1_000_000_000, 0, 0, 10_000_000)]
    // A GiB for a second is 1,000,000: a GiB for 500 ns is half a unit.
    [InlineData(0, 500, 1L << 30, 1)]
    [InlineData(0, 499, 1L << 30, 0)]
    [InlineData(0, 500, (1L << 30) - 1, 0)]
    [InlineData(0, 1_000_000_000, 1L << 30, 1_000_000)]
    // Halves of different kinds add up before anything is rounded.
    [InlineData(25, 250, 1L << 30, 1)]
    [InlineData(24, 250, 1L << 30, 0)]
    public void The_price_of_a_step_is_exact_and_rounded_half_up(long cpuNs, long wallNs, long memory, long expected)
    {
        var receipt = Bill.Of([Step(0, cpuNs, wallNs, memory)], 1, Verdict.Succeeded, s_card);
        Assert.Equal(expected + s_card.PerJob, receipt.TotalNano);
    }

    [Fact]
    public void Rounding_happens_once_a_job_not_once_a_step()
    {
        // Ten times 0.4 units: 4 in all, where rounding each step would give 0.
        var receipt = Bill.Of([.. Enumerable.Range(0, 10).Select(i => Step(i, 40, 0, 0))], 1, Verdict.Succeeded, s_card);
        Assert.Equal(4 + s_card.PerJob, receipt.TotalNano);
    }

    [Fact]
    public void The_fee_is_due_once_and_only_if_a_billable_step_started()
    {
        Assert.Equal(s_card.PerJob, Bill.Of([Step(0, 0, 0, 0), Step(1, 0, 0, 0)], 1, Verdict.Succeeded, s_card).TotalNano);
        Assert.Equal(0, Bill.Of([], 0, Verdict.Cancelled, s_card).TotalNano);
        Assert.Equal(0, Bill.Of([Skipped(0)], 1, Verdict.Succeeded, s_card).TotalNano);
        Assert.Equal(0, Bill.Of([Step(0, 1_000_000, 0, 0, Verdict.SandboxBroke)], 1, Verdict.SandboxBroke, s_card).TotalNano);
    }

    [Theory]
    [InlineData(Verdict.Succeeded, Verdict.Succeeded, true)]
    [InlineData(Verdict.MemoryExceeded, Verdict.MemoryExceeded, true)]
    [InlineData(Verdict.Cancelled, Verdict.Cancelled, true)]
    [InlineData(Verdict.CannotStart, Verdict.CannotStart, true)]
    [InlineData(Verdict.Lost, Verdict.Lost, false)]
    [InlineData(Verdict.SandboxBroke, Verdict.SandboxBroke, false)]
    // The steps before our fault are run again, and nobody pays twice.
    [InlineData(Verdict.Succeeded, Verdict.SandboxBroke, false)]
    [InlineData(Verdict.Succeeded, Verdict.Lost, false)]
    // A later step broke, but the job's own verdict came first and stands.
    [InlineData(Verdict.SandboxBroke, Verdict.NonZeroExit, false)]
    [InlineData(Verdict.NonZeroExit, Verdict.NonZeroExit, true)]
    public void A_step_is_billed_unless_the_fault_was_ours(Verdict step, Verdict attempt, bool billable) => Assert.Equal(billable, Bill.IsBillable(step, attempt));

    [Fact]
    public void The_largest_job_that_limits_allow_does_not_overflow_on_the_way()
    {
        const long thirtyDays = 2_592_000L * 1_000_000_000;
        var receipt = Bill.Of([Step(0, 0, thirtyDays, 1L << 50)], 1, Verdict.Succeeded, s_card);
        Assert.Equal((1L << 20) * 2_592_000L * 1_000_000 + s_card.PerJob, receipt.TotalNano);
    }

    /// <summary>Against the definition, in rational numbers: total = ⌊Σ price + ½⌋ + fee.</summary>
    [Fact]
    public void Random_receipts_equal_the_definition()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var round = 0; round < 2_000; round++)
        {
            var steps = Enumerable.Range(0, random.Next(1, 6))
                .Select(i => Step(i, random.NextInt64(1L << random.Next(1, 50)), random.NextInt64(1L << random.Next(1, 45)), random.NextInt64(1L << random.Next(1, 40)))).ToList();
            var unit = (BigInteger)(1L << 30) * 1_000_000_000;
            var exact = steps.Aggregate(BigInteger.Zero, (sum, step) =>
                sum + ((BigInteger)step.Usage!.CpuNs * s_card.PerCpuSecond * (1L << 30)) + ((BigInteger)step.Usage.ReservedMemoryBytes * step.Usage.WallNs * s_card.PerGibSecond));
            var floor = BigInteger.DivRem(exact, unit, out var rest);
            var expected = (long)(rest * 2 >= unit ? floor + 1 : floor) + s_card.PerJob;
            var receipt = Bill.Of(steps, 1, Verdict.Succeeded, s_card);
            Assert.True(expected == receipt.TotalNano, $"Seed {seed}, round {round}: {expected} expected, {receipt.TotalNano} billed.");
            // The lines are for show, and still within a unit of the total.
            Assert.InRange(receipt.Lines.Sum(line => line.CpuNano + line.MemoryNano) + receipt.JobFeeNano - receipt.TotalNano, -0.51m, 0.51m);
        }
    }

    private static StepResult Step(int index, long cpuNs, long wallNs, long memory, Verdict verdict = Verdict.Succeeded) => new()
    {
        Index = index,
        Name = $"s{index}",
        State = StepState.Ended,
        Verdict = verdict,
        Usage = new UsageRecord
        {
            Attempt = default,
            StepIndex = index,
            Agent = "a",
            AgentEpoch = 1,
            Sequence = 1,
            Tenant = "t",
            Verdict = verdict,
            StartedAt = default,
            WallNs = wallNs,
            CpuNs = cpuNs,
            ReservedCpus = 1,
            ReservedMemoryBytes = memory,
        },
    };

    private static StepResult Skipped(int index) => new() { Index = index, Name = $"s{index}", State = StepState.Skipped, SkipReason = "an earlier step failed" };
}
