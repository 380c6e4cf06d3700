namespace Corral.Coordinator.Application;

/// <summary>What a tenant consumed in a period.</summary>
/// <param name="Tenant">Who is billed.</param>
/// <param name="Jobs">Jobs that ended.</param>
/// <param name="Steps">Steps that started, all attempts.</param>
/// <param name="BillableSteps">Those that are billed.</param>
/// <param name="CpuNs">Processor time of the billable steps, nanoseconds.</param>
/// <param name="MemoryByteSeconds">Reserved memory × wall time of the billable steps, byte-seconds, rounded down.</param>
/// <param name="ChargeNano">The sum of the receipts, 10⁻⁹ units.</param>
internal sealed record TenantUsage(string Tenant, long Jobs, long Steps, long BillableSteps, long CpuNs, decimal MemoryByteSeconds, long ChargeNano);
