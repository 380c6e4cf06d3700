namespace Corral.Coordinator.Billing;

/// <summary>Prices, in 10⁻⁹ units of money.</summary>
/// <param name="Id">Names it in receipts.</param>
/// <param name="PerCpuSecond">For one second of processor time used.</param>
/// <param name="PerGibSecond">For one GiB (2³⁰ bytes) of memory reserved for one second of wall time.</param>
/// <param name="PerJob">For a job of which at least one billable step started.</param>
internal sealed record RateCard(string Id, long PerCpuSecond, long PerGibSecond, long PerJob)
{
    /// <summary>The built-in card.</summary>
    public static RateCard BuiltIn { get; } = new("builtin-1", 10_000_000, 1_000_000, 100_000);
}
