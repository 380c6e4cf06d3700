using Corral.Agent;
using Corral.Agent.Files;
using Corral.Agent.Metering;
using Corral.Coordinator;
using Corral.Coordinator.Api;
using Corral.Coordinator.Storage;
using Corral.Shared.Jobs;
using Corral.Shared.Jobs.Validation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Corral.Cli.Serving;

/// <summary>Refuses options that nobody reads: a misspelt name would otherwise be a setting that silently does nothing.</summary>
/// <remarks>It is a rule of the first section that is checked, so that its failures are said together with those of every section.</remarks>
internal sealed class OptionNames(IConfiguration configuration) : IValidateOptions<UpOptions>
{
    /// <summary>Read by Serilog itself.</summary>
    private const string Logging = "Serilog";

    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [UpOptions.Section] = typeof(UpOptions),
        [CoordinatorOptions.Section] = typeof(CoordinatorOptions),
        [$"{CoordinatorOptions.Section}:{nameof(CoordinatorOptions.Storage)}"] = typeof(StorageOptions),
        [ApiOptions.Section] = typeof(ApiOptions),
        [CorralApi.RulesSection] = typeof(JobRules),
        [$"{CorralApi.RulesSection}:{nameof(JobRules.MaxLimits)}"] = typeof(ResourceLimits),
        [$"{CorralApi.RulesSection}:{nameof(JobRules.DefaultLimits)}"] = typeof(ResourceLimits),
        [AgentOptions.Section] = typeof(AgentOptions),
        [$"{AgentOptions.Section}:Journal"] = typeof(JournalOptions),
        [$"{AgentOptions.Section}:Outputs"] = typeof(OutputOptions),
        [$"{AgentOptions.Section}:Blobs"] = typeof(BlobCacheOptions),
    };

    public ValidateOptionsResult Validate(string? name, UpOptions options)
    {
        List<string> failures = [];
        foreach (var section in configuration.GetChildren())
        {
            if (Sections.TryGetValue(section.Key, out var type))
                Check(section, type, failures);
            else if (!section.Key.Equals(Logging, StringComparison.OrdinalIgnoreCase))
                failures.Add($"there is no section '{section.Key}'; the sections are {string.Join(", ", Sections.Keys.Where(name => !name.Contains(':', StringComparison.Ordinal)))} and {Logging}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Check(IConfigurationSection section, Type type, List<string> failures)
    {
        var names = type.GetProperties().Where(property => !property.GetMethod!.IsStatic).Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var option in section.GetChildren())
        {
            if (Sections.TryGetValue(option.Path, out var inner))
                Check(option, inner, failures);
            else if (!names.Contains(option.Key))
                failures.Add($"there is no option '{option.Path}'; '{section.Path}' has {string.Join(", ", names.Order(StringComparer.Ordinal))}.");
        }
    }
}
