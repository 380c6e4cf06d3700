using Corral.Shared.Jobs.Validation;
using Microsoft.Extensions.Options;

namespace Corral.Coordinator.Api;

/// <summary>Checks the options of the API, and says all that is wrong with them at once.</summary>
internal sealed class ApiOptionsRules : IValidateOptions<ApiOptions>
{
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var failures = new List<string>();
        Check(nameof(options.MaxJobBodyBytes), options.MaxJobBodyBytes is >= 1 << 10 and <= 1 << 30, options.MaxJobBodyBytes, "1,024–1,073,741,824");
        Check(nameof(options.MaxJobsPerSubmission), options.MaxJobsPerSubmission is >= 1 and <= 1_000_000, options.MaxJobsPerSubmission, "1–1,000,000");
        Check(nameof(options.MaxWait), options.MaxWait >= TimeSpan.Zero && options.MaxWait <= TimeSpan.FromHours(1), options.MaxWait, "00:00:00–01:00:00");
        Check(nameof(options.DefaultWait), options.DefaultWait >= TimeSpan.Zero && options.DefaultWait <= options.MaxWait, options.DefaultWait, $"00:00:00–{options.MaxWait}");
        Check(nameof(options.KeepAlive), options.KeepAlive >= TimeSpan.FromSeconds(1) && options.KeepAlive <= TimeSpan.FromHours(1), options.KeepAlive, "00:00:01–01:00:00");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(string option, bool holds, object value, string range)
        {
            if (!holds)
                failures.Add($"{ApiOptions.Section}:{option} is {value}; it must be {range}.");
        }
    }
}

/// <summary>Checks what the operator allows jobs to ask for.</summary>
internal sealed class JobRulesFaults : IValidateOptions<JobRules>
{
    public ValidateOptionsResult Validate(string? name, JobRules options)
    {
        var faults = options.Faults();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults.Select(fault => $"{CorralApi.RulesSection}:{fault}"));
    }
}
