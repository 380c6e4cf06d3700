using Microsoft.Extensions.Options;

namespace Corral.Coordinator;

/// <summary>Checks the options, and says all that is wrong with them at once.</summary>
internal sealed class CoordinatorOptionsRules : IValidateOptions<CoordinatorOptions>
{
    public ValidateOptionsResult Validate(string? name, CoordinatorOptions options)
    {
        var failures = new List<string>();
        if (!Path.IsPathRooted(options.StatePath))
            failures.Add($"Coordinator:StatePath is '{options.StatePath}'; it must be an absolute path.");
        Between("Lease", options.Lease, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), failures);
        Between("LeaseMargin", options.LeaseMargin, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), failures);
        Between("ResendAfter", options.ResendAfter, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), failures);
        if (options.MaxQueuedPerTenant is < 1 or > 1_000_000_000)
            failures.Add($"Coordinator:MaxQueuedPerTenant is {options.MaxQueuedPerTenant}; it must be 1–1,000,000,000.");
        if (options.Storage.MaxBlobBytes is < 1 or > 1L << 50)
            failures.Add($"Coordinator:Storage:MaxBlobBytes is {options.Storage.MaxBlobBytes}; it must be 1–1,125,899,906,842,624.");
        if (!Enum.IsDefined(options.Storage.Synchronous))
            failures.Add($"Coordinator:Storage:Synchronous is '{options.Storage.Synchronous}'; it must be Full or Off.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Between(string name, TimeSpan value, TimeSpan least, TimeSpan most, List<string> failures)
    {
        if (value < least || value > most)
            failures.Add($"Coordinator:{name} is {value}; it must be between {least} and {most}.");
    }
}
