using Microsoft.Extensions.Options;

namespace Corral.Agent;

/// <summary>What one option alone cannot say.</summary>
internal sealed class AgentOptionsRules : IValidateOptions<AgentOptions>
{
    public ValidateOptionsResult Validate(string? name, AgentOptions options)
    {
        var failures = new List<string>();
        if (options.UserIds < options.MaxAttempts)
            failures.Add($"Agent:UserIds is {options.UserIds}, but each of Agent:MaxAttempts = {options.MaxAttempts} attempts needs one of its own. Raise UserIds or lower MaxAttempts.");
        if ((long)options.FirstUserId + options.UserIds > int.MaxValue)
            failures.Add($"Agent:FirstUserId + UserIds is {(long)options.FirstUserId + options.UserIds}, beyond the largest uid {int.MaxValue}. Lower one of them.");
        if (options.RenewEvery <= TimeSpan.Zero)
            failures.Add($"Agent:RenewEvery is {options.RenewEvery}, but must be greater than zero.");
        if (options.LiveOutputEvery <= TimeSpan.Zero)
            failures.Add($"Agent:LiveOutputEvery is {options.LiveOutputEvery}, but must be greater than zero.");
        if (options.CancelGrace < TimeSpan.Zero)
            failures.Add($"Agent:CancelGrace is {options.CancelGrace}, but must not be negative.");
        if (options.BlobPatience < TimeSpan.Zero)
            failures.Add($"Agent:BlobPatience is {options.BlobPatience}, but must not be negative.");
        if (options.Id.Length > 64 || !options.Id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            failures.Add($"Agent:Id is '{options.Id}', but it names queues: give 1–64 of a-z A-Z 0-9 - _ .");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
