using Corral.Shared.Jobs;

namespace Corral.Coordinator.Billing;

/// <summary>What a job is billed and why. Only the total is rounded.</summary>
/// <param name="RateCard">The prices.</param>
/// <param name="Lines">One for each step that started in the attempt that ended the job; those of given-up attempts are never billed.</param>
/// <param name="JobFeeNano">The fee per job, or 0 where nothing billable started.</param>
/// <param name="TotalNano">Σ lines + fee, 10⁻⁹ units, rounded half up once.</param>
internal sealed record Receipt(RateCard RateCard, IReadOnlyList<ReceiptLine> Lines, long JobFeeNano, long TotalNano);

/// <summary>One step's part of a receipt.</summary>
/// <param name="StepIndex">Which step, from 0.</param>
/// <param name="Attempt">Of which attempt.</param>
/// <param name="Verdict">Why it ended.</param>
/// <param name="Billable">Whether it counts.</param>
/// <param name="CpuNs">Processor time used, nanoseconds.</param>
/// <param name="WallNs">Wall time, nanoseconds.</param>
/// <param name="ReservedMemoryBytes">Memory reserved, bytes.</param>
/// <param name="CpuNano">Exact price of the processor time, 10⁻⁹ units; 0 where not billable.</param>
/// <param name="MemoryNano">Exact price of the memory × time, 10⁻⁹ units, to 18 places; 0 where not billable. For show: the total is computed from the counters.</param>
internal sealed record ReceiptLine(
    int StepIndex, int Attempt, Verdict Verdict, bool Billable, long CpuNs, long WallNs, long ReservedMemoryBytes,
    decimal CpuNano, decimal MemoryNano);
