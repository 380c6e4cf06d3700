using System.Numerics;
using Corral.Shared.Jobs;

namespace Corral.Coordinator.Billing;

/// <summary>From usage to charge: exact until the end, rounded half up once per job.</summary>
internal static class Bill
{
    private const long Gib = 1L << 30;
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>
    /// Invariant I3. A step is billed unless the fault was ours: its own, or that of the attempt it belonged to. An attempt that was lost or broke is tried
    /// again from its first step, and nobody pays twice for the steps before the fault.
    /// </summary>
    public static bool IsBillable(Verdict step, Verdict attempt) => step.IsBillable() && attempt.IsBillable();

    /// <summary>The receipt of a job whose last attempt ended so. The fee per job is due once, if at least one billable step started.</summary>
    /// <param name="steps">The steps of that attempt; those without usage never started.</param>
    /// <param name="attempt">Its number; 0 where the job ended without one.</param>
    /// <param name="verdict">Its verdict.</param>
    /// <param name="card">The prices.</param>
    public static Receipt Of(IReadOnlyList<StepResult> steps, int attempt, Verdict verdict, RateCard card)
    {
        var lines = new List<ReceiptLine>(steps.Count);
        var exact = BigInteger.Zero;
        var fee = 0L;
        foreach (var step in steps)
        {
            if (step.Usage is not { } usage)
                continue;
            var billable = IsBillable(step.Verdict, verdict);
            if (billable)
            {
                fee = card.PerJob;
                exact += Scaled(usage.CpuNs, usage.WallNs, usage.ReservedMemoryBytes, card);
            }

            lines.Add(new ReceiptLine(
                step.Index, attempt, step.Verdict, billable, usage.CpuNs, usage.WallNs, usage.ReservedMemoryBytes,
                billable ? (decimal)usage.CpuNs / NsPerSecond * card.PerCpuSecond : 0,
                billable ? (decimal)usage.ReservedMemoryBytes / Gib * ((decimal)usage.WallNs / NsPerSecond) * card.PerGibSecond : 0));
        }

        return new Receipt(card, lines, fee, RoundHalfUp(exact) + fee);
    }

    /// <summary>The price of one step × 2³⁰ × 10⁹: a whole number. It does not fit 128 bits at the limits that a job may ask for.</summary>
    private static BigInteger Scaled(long cpuNs, long wallNs, long reservedBytes, RateCard card) =>
        ((BigInteger)cpuNs * card.PerCpuSecond * Gib) + ((BigInteger)reservedBytes * wallNs * card.PerGibSecond);

    private static long RoundHalfUp(BigInteger scaled)
    {
        var unit = (BigInteger)Gib * NsPerSecond;
        return (long)(((scaled * 2) + unit) / (unit * 2));
    }
}
