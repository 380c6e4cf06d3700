using Corral.Coordinator.Api;
using Corral.Shared.Jobs.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Tests.Api;

public sealed class ApiOptionsTests
{
    [Fact]
    public void The_operators_rules_are_read_from_the_configuration()
    {
        using var services = Services(("Jobs:MaxLimits:MemoryBytes", "1073741824"), ("Jobs:DefaultLimits:Pids", "8"), ("Jobs:MaxSteps", "5"), ("Api:DefaultWait", "00:00:10"));

        var rules = services.GetRequiredService<IOptions<JobRules>>().Value;
        Assert.Equal((1L << 30, 8, 5), (rules.MaxLimits.MemoryBytes, rules.DefaultLimits.Pids, rules.MaxSteps));
        Assert.Equal((JobRules.Default.MaxLimits.Pids, "host"), (rules.MaxLimits.Pids, Assert.Single(rules.Images)));
        Assert.Equal(TimeSpan.FromSeconds(10), services.GetRequiredService<ApiOptions>().DefaultWait);
        // Binding must not write into what everybody shares.
        Assert.Equal(64L << 30, JobRules.Default.MaxLimits.MemoryBytes);
    }

    [Fact]
    public void Without_a_section_the_built_in_rules_stand()
    {
        using var services = Services();

        Assert.Equal(JobRules.Default.MaxLimits, services.GetRequiredService<IOptions<JobRules>>().Value.MaxLimits);
    }

    [Fact]
    public void Wrong_options_stop_the_start_and_are_all_told()
    {
        using var services = Services(("Jobs:MaxLimits:MemoryBytes", "1"), ("Jobs:MaxSteps", "0"), ("Api:DefaultWait", "01:00:00"), ("Api:KeepAlive", "00:00:00"));

        var failures = Assert.Throws<AggregateException>(() => services.GetRequiredService<IStartupValidator>().Validate()).InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures).ToList();

        Assert.Equal(["Api:DefaultWait", "Api:KeepAlive", "Jobs:MaxLimits:MemoryBytes", "Jobs:MaxSteps"], failures.Select(failure => failure.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    private static ServiceProvider Services(params (string Key, string Value)[] options) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(options.ToDictionary(option => option.Key, option => (string?)option.Value)).Build())
        .AddCorralApi().BuildServiceProvider();
}
