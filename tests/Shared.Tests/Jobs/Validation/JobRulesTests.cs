using System.Text;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;

namespace Corral.Shared.Tests.Jobs.Validation;

public sealed class JobRulesTests
{
    [Fact]
    public void The_built_in_rules_have_no_fault() => Assert.Empty(JobRules.Default.Faults());

    [Fact]
    public void The_built_in_limits_are_the_documented_defaults()
    {
        var (spec, _) = new JobDocument(JobRules.Default).Parse("""{"steps":[{"command":["true"]},{"command":["true"],"limits":{}}]}"""u8.ToArray());

        Assert.All(spec!.Steps, step => Assert.Equal(new ResourceLimits(), step.Limits));
    }

    [Fact]
    public void All_faults_of_an_operators_rules_are_told_at_once()
    {
        var rules = JobRules.Default with { MaxLimits = new ResourceLimits { Cpus = double.NaN, MemoryBytes = 1, OpenFiles = 2 }, MaxSteps = 0, Images = [] };

        Assert.Equal(
            ["Images is", "MaxLimits:Cpus is", "MaxLimits:MemoryBytes is", "MaxLimits:OpenFiles is", "MaxSteps is"],
            rules.Faults().Select(fault => string.Join(' ', fault.Split(' ')[..2])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_operators_maximum_binds_and_lowers_the_default()
    {
        var document = new JobDocument(JobRules.Default with { MaxLimits = JobRules.Default.MaxLimits with { MemoryBytes = 64 << 20 } });

        Assert.Equal(64 << 20, document.Parse("""{"steps":[{"command":["true"]}]}"""u8.ToArray()).Spec!.Steps[0].Limits.MemoryBytes);
        var problem = Assert.Single(document.Parse(Encoding.UTF8.GetBytes("""{"steps":[{"command":["true"],"limits":{"memoryBytes":67108865}}]}""")).Problems);
        Assert.Equal(("steps[0].limits.memoryBytes", ProblemCodes.OutOfRange), (problem.Field, problem.Code));
        Assert.Contains("67108864", problem.Message, StringComparison.Ordinal);
    }
}
