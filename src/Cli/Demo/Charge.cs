using System.Numerics;
using Corral.Cli.Client;

namespace Corral.Cli.Demo;

/// <summary>Computes a bill anew from the counters it shows, in integers.</summary>
internal static class Charge
{
    private static readonly BigInteger NsPerSecond = 1_000_000_000;
    private static readonly BigInteger Gib = 1L << 30;

    /// <summary>Σ cpu seconds × price + Σ reserved GiB seconds × price + the fee, 10⁻⁹ units, rounded half up once.</summary>
    public static long Of(ReceiptAnswer receipt)
    {
        // Everything over one denominator, 2³⁰ × 10⁹: nothing is rounded before the sum.
        var denominator = Gib * NsPerSecond;
        var sum = receipt.JobFeeNano * denominator;
        foreach (var line in receipt.Lines.Where(l => l.Billable))
        {
            sum += Gib * line.CpuNs * receipt.RateCard.PerCpuSecond;
            sum += (BigInteger)line.ReservedMemoryBytes * line.WallNs * receipt.RateCard.PerGibSecond;
        }

        return (long)((sum * 2 + denominator) / (denominator * 2));
    }
}
