using Corral.Agent.Cgroups;

namespace Corral.Agent.Tests.Cgroups;

public sealed class CpuQuotaTests
{
    [Theory]
    [InlineData(1, 100_000)]
    [InlineData(0.5, 50_000)]
    [InlineData(0.25, 25_000)]
    [InlineData(0.01, 1_000)]
    [InlineData(0.001, 1_000)] // the kernel takes no less
    [InlineData(1.000001, 100_001)]
    [InlineData(1024, 102_400_000)]
    public void A_quota_is_never_less_than_asked(double cpus, long usec) => Assert.Equal(usec, CpuQuota.Usec(cpus));
}
